import { formatSummary } from '@cullstream/report';
import { exitCodes } from '@cullstream/runtime';
import { describeFullDisk } from '@cullstream/broker';
import type { StatusSettings } from '../settings/settings.js';
import { describeRunOverview } from '../output/describe-run-overview.js';
import {
  findRunOverviews,
  readLastSummary,
  toStatusDocument,
  type LastSummary,
  type RunOverview,
  type RunPhase,
} from '@cullstream/runs';
import { tableColumns } from '../output/format-table.js';
import type { CommandContext } from './command-context.js';

/** Shows the state of the current or last run, and of a replay that is active at the same time. */
export async function status(settings: StatusSettings, context: CommandContext): Promise<number> {
  const { terminal } = context;
  const last = await readLastSummary(settings.data, {
    onUnreadable: (file) =>
      terminal.note(`${file} cannot be read as the summary of a run: an earlier one is looked for`),
  });
  const overviews = (await findRunOverviews(settings, context)).filter(
    (each) => each.phase !== 'cancelled' || last === undefined || isLater(each, last),
  );
  const warnings = await readWarnings(settings, overviews);
  if (settings.json) {
    terminal.print(JSON.stringify(toStatusDocument(overviews, last, warnings), null, 2));
    return exitCodes.ok;
  }
  for (const each of overviews) terminal.print(describeRunOverview(each));
  for (const warning of warnings) terminal.print(warning);
  const isOver = overviews.every(({ phase, kind }) => kind === 'replay' || ended.has(phase));
  if (isOver && (last !== undefined || overviews.length === 0)) {
    terminal.print(describeLast(settings, last));
  }
  return exitCodes.ok;
}

/** Whether a run was cancelled after the last completed run. */
function isLater({ run, endedAt }: RunOverview, { summary }: LastSummary): boolean {
  return endedAt === undefined ? run > summary.batch_id : endedAt > summary.completed_at;
}

const ended: ReadonlySet<RunPhase> = new Set(['cancelled', 'completed']);

function describeLast({ data }: StatusSettings, last: LastSummary | undefined): string {
  if (last === undefined) {
    return `no run has worked in ${data} yet; begin one with \`cullstream run\``;
  }
  const { batch_id: run, completed_at: completedAt, replay = false } = last.summary;
  const { summary, path } = last;
  const text = formatSummary(summary, { reportPath: path, columns: tableColumns() });
  return `last ${replay ? 'replay' : 'run'} ${run}, completed ${completedAt}\n${text}`;
}

/**
 * Reads the warnings of an active run: a run that waits for free disk space seems to hang without
 * them.
 */
async function readWarnings(
  { data }: StatusSettings,
  overviews: readonly RunOverview[],
): Promise<string[]> {
  if (overviews.every(({ isIdle }) => isIdle)) return [];
  const full = await describeFullDisk(data);
  return full === undefined ? [] : [`${full} below ${data}, the work waits and then goes on`];
}
