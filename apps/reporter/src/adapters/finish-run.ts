import type { RunRecord } from '@cullstream/contracts';
import { readDeadLetters, type Bus } from '@cullstream/bus';
import { toSummary, type Summary } from '@cullstream/report';
import { storeLastRates, type DataFolder, type Logger, type RunRecords } from '@cullstream/runtime';
import {
  findAccepted,
  identifyProject,
  readAcceptances,
  type FoundAcceptances,
} from '@cullstream/store';
import type { RunReport } from '../core/run-report.js';
import { collectDetails } from './collect-details.js';
import type { CollectedWarnings } from './collect-warnings.js';
import { readWarnings } from './read-warnings.js';
import { retryReading } from './retry-reading.js';
import type { SettleRun } from './settle-run.js';
import { toDeadLetterSummary } from './to-dead-letter-summary.js';
import type { WorkingTimeFile } from './working-time-file.js';
import type { WriteSummary } from './write-summary.js';

export interface FinishRunParts {
  readonly bus: Bus;
  readonly records: RunRecords;
  /** Called before the summary: waits until the queues are empty. */
  readonly settle?: SettleRun;
  readonly dataDir: string;
  readonly originalsDir: string | undefined;
  readonly writeSummary: WriteSummary;
  readonly log: Logger;
}

/** Stores the rates for later plans and runs. A replay from embeddings has none, since it embeds nothing. */
export async function storeRates(
  { run, recipe, replay }: RunRecord,
  { throughput }: RunReport,
  {
    dataDir,
    folder,
    log,
  }: Pick<FinishRunParts, 'dataDir' | 'log'> & { readonly folder: DataFolder },
): Promise<void> {
  const { embed, cached } = throughput.measured;
  if (replay !== undefined || (embed === null && cached === null)) return;
  const rates = { embed, cached, run, measuredAt: new Date().toISOString() };
  try {
    await storeLastRates(dataDir, recipe.embedding.id, rates, folder);
  } catch (error) {
    log.debug({ err: error }, 'the rates of the run cannot be kept');
  }
}

/** Writes the summary and marks the run as complete. @returns the summary */
export async function finishRun(
  record: RunRecord,
  report: RunReport,
  { worked, heard }: { readonly worked: WorkingTimeFile; readonly heard: CollectedWarnings },
  { bus, records, dataDir, originalsDir, writeSummary, settle, log }: FinishRunParts,
): Promise<Summary> {
  await settle?.(record.run);
  const letters = await readDeadLetters(bus, record.run);
  const now = new Date();
  await report.logRejected(now);
  const { acceptances, problem } = await readAcceptances(dataDir);
  // A command that continued the run meanwhile may have added warnings.
  const { warnings = [] } = (await records.get(record.run)) ?? record;
  const found = await findAcceptedPatiently(dataDir, record, acceptances);
  const content = toSummary(record, report.projects, now, {
    accepted: found.projects,
    findAcceptedProject: (project) => acceptances.find(identifyProject(project)),
    deadLetters: letters.map((letter) => toDeadLetterSummary(letter, acceptances)),
    working: report.working,
    warnings: [
      ...(problem === undefined ? [] : [problem]),
      ...found.problems,
      ...warnings,
      ...(await readWarnings(dataDir, record.run, { heard: heard.texts, log })),
    ],
  });
  const details = await collectDetails(record, report, { dataDir, originalsDir, log });
  const summary = await writeSummary(content, details);
  await records.update(record.run, (current) => ({
    ...current,
    state: 'completed',
    completedAt: now.toISOString(),
    summary,
  }));
  await worked.remove();
  return content;
}

/** What cannot be read by an error that may pass is read again, before its failures count as not accepted. */
async function findAcceptedPatiently(
  ...asked: Parameters<typeof findAccepted>
): Promise<FoundAcceptances> {
  let found: FoundAcceptances | undefined;
  const find = () => {
    found = findAccepted(...asked);
    if (found.passing !== undefined) throw found.passing;
    return found;
  };
  return retryReading(find).catch((error: unknown) => {
    if (found === undefined) throw error;
    return found;
  });
}
