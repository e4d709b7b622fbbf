import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { isBrokerUnavailable } from '@cullstream/bus';
import { formatSummary, hasOpenFailures, type Summary } from '@cullstream/report';
import { exitCodes } from '@cullstream/runtime';
import { tableColumns } from '../output/format-table.js';
import type { CommandContext } from './command-context.js';
import { openView } from '../output/run-view.js';
import type { Terminal } from '../output/terminal.js';
import type { BrokerFile } from '@cullstream/broker';
import {
  describeStaleDecisions,
  executeRun,
  InterruptedError,
  type Execution,
  type ExecutionOptions,
  type Interruption,
  type RunEnd,
} from '@cullstream/runs';

type ExecutionSettings = ExecutionOptions & { readonly json: boolean };

/**
 * Executes a run, shows its progress and prints the summary at the end.
 * @returns the exit code
 */
export async function runToEnd(
  execution: Execution,
  settings: ExecutionSettings,
  context: CommandContext,
  interruption: Interruption,
  host?: BrokerFile,
): Promise<number> {
  const { terminal, report } = context;
  const view = openView(terminal);
  let hasBegun = false;
  const end = await executeRun(execution, settings, {
    ...context,
    view: {
      ...view,
      opened(run) {
        hasBegun = true;
        view.opened(run);
      },
    },
    interruption,
    onWarning: (listener) => terminal.onWarning(listener),
    host,
  }).catch(async (error: unknown) => {
    if (error instanceof ConfigurationError) throw error;
    // Nothing has started, so there is no run to resume.
    if (!hasBegun && isBrokerUnavailable(error)) throw error;
    if (error instanceof InterruptedError) return undefined;
    await report(error);
    return undefined;
  });
  if (end?.kind === 'completed' && end.summary !== null) {
    const { recipe, otherVersions } = execution;
    const summary = await reportSummary(end.summary, settings, terminal);
    const projects = summary.projects
      .map(({ project_id: name }) => name)
      .filter((name) => otherVersions?.has(name) !== false);
    const stale = describeStaleDecisions(settings.data, { version: recipe.id, projects });
    if (stale !== undefined) terminal.note(stale);
    return hasOpenFailures(summary) ? exitCodes.failed : exitCodes.ok;
  }
  return reportEnd(end, settings, { terminal, hasBegun });
}

/** Reports a run that has ended without being completed, or that continues elsewhere. */
function reportEnd(
  end: RunEnd | undefined,
  settings: ExecutionSettings,
  { terminal, hasBegun }: { readonly terminal: Terminal; readonly hasBegun: boolean },
): number {
  const run = end?.run ?? '';
  const ends = {
    detached: ['running', exitCodes.ok, `run ${run} has begun; \`cullstream status\` follows it`],
    paused: [
      'paused',
      exitCodes.paused,
      `it is ${settings.until ?? 'time'}: run ${run} is paused; ` +
        (settings.services === 'deployed'
          ? '`cullstream resume` goes on with it'
          : 'the same command goes on with it'),
    ],
    cancelled: [
      'cancelled',
      exitCodes.cancelled,
      `run ${run} was cancelled: what was done stays, what was waiting is gone`,
    ],
    interrupted: [
      'interrupted',
      exitCodes.interrupted,
      !hasBegun
        ? 'ended before anything had begun; the same command begins again'
        : settings.services === 'deployed'
          ? 'no longer followed; the deployed services go on with it'
          : 'interrupted; the same command resumes',
    ],
  } as const;
  const kind = end === undefined || end.kind === 'completed' ? 'interrupted' : end.kind;
  const [state, exitCode, text] = ends[kind];
  if (kind === 'detached' && !settings.json) terminal.print(text);
  else terminal.note(text);
  const named = end === undefined ? {} : { run };
  if (settings.json) terminal.print(JSON.stringify({ ...named, state }));
  return exitCode;
}

async function reportSummary(
  file: string,
  settings: ExecutionSettings,
  terminal: Terminal,
): Promise<Summary> {
  const path = join(settings.data, file);
  const summary = JSON.parse(await readFile(path, 'utf8')) as Summary;
  terminal.print(
    settings.json
      ? JSON.stringify(summary, null, 2)
      : [
          formatSummary(summary, {
            reportPath: path.replace(/\.json$/, '.html'),
            columns: tableColumns(),
          }),
          ...terminal.warnings
            .filter((warning) => summary.warnings?.includes(warning) !== true)
            .map((warning) => `warning: ${warning}`),
        ].join('\n'),
  );
  return summary;
}
