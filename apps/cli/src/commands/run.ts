import { existsSync } from 'node:fs';
import { ConfigurationError, type SkippedProject } from '@cullstream/contracts';
import { requireDevice } from '@cullstream/inference';
import { findPixelDrift } from '@cullstream/embedding';
import { counted } from '../output/format.js';
import { exitCodeOf, formatSummary } from '../output/summary-text.js';
import { readBrokerFile } from '@cullstream/broker';
import { summarizeNothing } from '@cullstream/runs';
import { rememberProjects } from '@cullstream/runs';
import { lockForServices } from '@cullstream/runtime';
import { removeLeftovers } from '@cullstream/runs';
import { unlessInterrupted } from '@cullstream/runs';
import { onSignals, stoppingNote } from './on-signals.js';
import { prepareRun, type PreparedRun } from '@cullstream/runs';
import { runToEnd } from './run-to-end.js';
import { toRunExecution } from '@cullstream/runs';
import type { RunSettings } from '../settings/settings.js';
import type { CommandContext } from './command-context.js';

/** The batch: plans, starts broker and services, follows them to the end, prints the summary. */
export async function run(settings: RunSettings, context: CommandContext): Promise<number> {
  const { terminal, log } = context;
  if (settings.detach && settings.services !== 'deployed') {
    throw new ConfigurationError([
      '--detach: only deployed services go on by themselves; say --services deployed, or leave it out',
    ]);
  }
  const note = (line: string) => terminal.note(line);
  const interruption = onSignals(context, stoppingNote(settings));
  if (settings.services === 'own') await requireDevice(settings.device);
  // What is wrong with the settings is found before a new data folder is made.
  const early = existsSync(settings.data)
    ? undefined
    : await unlessInterrupted(prepareRun(settings, log, { note }), interruption);
  const lock = await lockForServices(settings);
  if (lock.warning !== undefined) terminal.note(lock.warning);
  try {
    await removeLeftovers(settings, log);
    const prepared =
      early ?? (await unlessInterrupted(prepareRun(settings, log, { note }), interruption));
    for (const note of prepared.models.notes) terminal.note(note);
    const isUnfinished = (await readBrokerFile(settings.data)) !== undefined;
    const { projects, rejected } = prepared.plan;
    if (projects.length + rejected.length === 0 && !isUnfinished) {
      await rememberProjects(prepared.plan, settings, log);
      return await report(prepared, settings, context);
    }
    if (settings.services === 'own') await refuseDrift();
    return await runToEnd(toRunExecution(prepared, settings, log), settings, context, interruption);
  } finally {
    await lock.release();
  }
}

/** Vectors of other pixels under the name of these would spoil the cache for good. */
async function refuseDrift(): Promise<void> {
  const drift = await findPixelDrift();
  if (drift !== undefined) throw new ConfigurationError([drift]);
}

async function report(
  prepared: PreparedRun,
  settings: RunSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const { plan } = prepared;
  const summary = await summarizeNothing(prepared, settings.data);
  if (settings.json) terminal.print(JSON.stringify(summary, null, 2));
  else {
    terminal.print(formatSummary(summary, undefined));
    terminal.print(whatWasComplete(plan.skipped));
  }
  return exitCodeOf(summary);
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
