import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '@cullstream/contracts';
import { toSummary, type Summary } from '@cullstream/report';
import { exitCodes } from '@cullstream/runtime';
import { createBarView, createPlainView } from '../output/run-view.js';
import { exitCodeOf, formatSummary } from '../output/summary-text.js';
import { readBrokerFile } from '../run/broker-file.js';
import { lockData } from '../run/data-lock.js';
import { executeRun, type Interruption } from '../run/execute-run.js';
import { onSignals } from '../run/interruption.js';
import { prepareRun, type PreparedRun } from '../run/prepare-run.js';
import type { RunSettings } from '../settings/settings.js';
import type { CommandContext } from './command-context.js';

/** The batch: plans, starts broker and services, follows them to the end, prints the summary. */
export async function run(settings: RunSettings, context: CommandContext): Promise<number> {
  const { terminal, log } = context;
  const interruption = onSignals(() =>
    terminal.note('stopping: what is in flight is finished first; once more stops at once'),
  );
  const lock = await lockData(settings.data);
  try {
    const prepared = await prepareRun(settings, log);
    for (const note of prepared.models.notes) terminal.note(note);
    const isUnfinished = (await readBrokerFile(settings.data)) !== undefined;
    if (prepared.plan.projects.length === 0 && !isUnfinished) {
      return report(nothingToDo(prepared), undefined, settings, context);
    }
    return await runAll(prepared, settings, context, interruption);
  } finally {
    await lock.release();
  }
}

async function runAll(
  prepared: PreparedRun,
  settings: RunSettings,
  context: CommandContext,
  interruption: Interruption,
): Promise<number> {
  const { terminal, surroundings, log } = context;
  const view = terminal.isInteractive ? createBarView(terminal) : createPlainView(terminal);
  const end = await executeRun(prepared, settings, surroundings, { log, view, interruption });
  if (end.kind === 'interrupted' || end.summary === null) {
    terminal.note('interrupted; the same command resumes');
    return exitCodes.interrupted;
  }
  const path = join(settings.data, end.summary);
  const summary = JSON.parse(await readFile(path, 'utf8')) as Summary;
  return report(summary, path.replace(/\.json$/, '.html'), settings, context);
}

function report(
  summary: Summary,
  reportPath: string | undefined,
  settings: RunSettings,
  { terminal }: CommandContext,
): number {
  if (settings.json) terminal.print(JSON.stringify(summary, null, 2));
  else {
    terminal.print(formatSummary(summary, reportPath));
    if (reportPath === undefined) {
      terminal.print('everything was complete already: no image was read, nothing was written');
    }
  }
  return exitCodeOf(summary);
}

/** The summary of a run that finds everything done. It is printed and not kept: nothing is written. */
function nothingToDo({ models, plan }: PreparedRun): Summary {
  const now = new Date();
  const record: RunRecord = {
    v: 1,
    run: 'nothing-to-do',
    createdAt: now.toISOString(),
    state: 'completed',
    recipe: models.predictionRecipe,
    options: { minGroupSize: 1, timeGapMinutes: null, legacyCache: 'ignore' },
    projects: [],
    skipped: [...plan.skipped],
    rejected: [...plan.rejected],
    excluded: [...plan.excluded],
    legacySamples: [],
    extractedAt: null,
    completedAt: null,
    summary: null,
  };
  return toSummary(record, [], now);
}
