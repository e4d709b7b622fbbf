import { exitCodes } from '@cullstream/runtime';
import { formatSummary, hasOpenFailures } from '@cullstream/report';
import { counted, type SkippedProject } from '@cullstream/contracts';
import {
  describeStaleDecisions,
  summarizeCompletedProjects,
  withPreparedRun,
  type PreparedRun,
} from '@cullstream/runs';
import type { RunSettings } from '../settings/settings.js';
import { tableColumns } from '../output/format-table.js';
import type { CommandContext } from './command-context.js';
import { stoppingNote } from './on-signals.js';
import { runToEnd } from './run-to-end.js';

/**
 * Runs the batch: plans it, starts broker and services, waits until they end and prints the
 * summary.
 */
export async function run(settings: RunSettings, context: CommandContext): Promise<number> {
  const interruption = context.listenToSignals(stoppingNote(settings));
  return withPreparedRun(
    settings,
    { ...context, interruption },
    {
      execute(execution) {
        const { precision } = execution.recipe.embedding;
        return runToEnd(execution, { ...settings, precision }, context, interruption);
      },
      nothingToDo: (prepared) => report(prepared, settings, context),
    },
  );
}

async function report(
  prepared: PreparedRun,
  settings: RunSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const { plan } = prepared;
  const summary = await summarizeCompletedProjects(prepared, settings.data);
  if (settings.json) terminal.print(JSON.stringify(summary, null, 2));
  else {
    terminal.print(formatSummary(summary, { columns: tableColumns() }));
    terminal.print(whatWasComplete(plan.skipped));
  }
  const stale = describeStaleDecisions(settings.data, {
    version: prepared.models.predictionRecipe.id,
    projects: [...(prepared.otherVersions ?? [])],
  });
  if (stale !== undefined) terminal.note(stale);
  return hasOpenFailures(summary) ? exitCodes.failed : exitCodes.ok;
}

function whatWasComplete(skipped: readonly SkippedProject[]): string {
  const failed = skipped.reduce((sum, { counts }) => sum + counts.failed, 0);
  if (failed > 0) {
    return (
      `${counted(failed, 'image')} failed before, and would again ` +
      '(`cullstream dead list` tells why); all else was complete already: nothing was written'
    );
  }
  const what = skipped.some(isEmpty) ? 'all that holds images' : 'everything';
  return `${what} was complete already: no image was read, nothing was written`;
}

const isEmpty = ({ project }: SkippedProject) => project.images === 0;
