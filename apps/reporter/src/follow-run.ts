import {
  decodeEvent,
  MalformedEventError,
  statusSubject,
  subjectsOf,
  type ResultEvent,
  type RunRecord,
  type RunStatus,
} from '@cullstream/contracts';
import {
  maxMessageBytes,
  readDeadLetters,
  readNewer,
  streams,
  type Bus,
  type StoredMessage,
} from '@cullstream/bus';
import { isFinished, toSummary } from '@cullstream/report';
import {
  readLastRates,
  storeLastRates,
  type DataFolder,
  type Logger,
  type RunRecords,
} from '@cullstream/runtime';
import { findAccepted, identifyProject, readAcceptances } from '@cullstream/store';
import { openBatchLog } from './adapters/batch-log.js';
import { hearWarnings, type HeardWarnings } from './adapters/hear-warnings.js';
import { openWorkingTimeFile, type WorkingTimeFile } from './adapters/working-time-file.js';
import { pause } from './adapters/pause.js';
import { readWarnings } from './adapters/read-warnings.js';
import type { ReadQueues } from './adapters/read-queues.js';
import { fitStatus } from './core/fit-status.js';
import { writeSummary } from './adapters/write-summary.js';
import type { SettleRun } from './adapters/settle-run.js';
import { toDeadLetterSummary } from './adapters/to-dead-letter-summary.js';
import { RunReport } from './run-report.js';

/** Of how long it has been followed: how long it is left alone between two looks, within these. */
const SHARE_BETWEEN_LOOKS = 1 / 20;
const LEAST_BETWEEN_LOOKS_MS = 500;
const MOST_BETWEEN_LOOKS_MS = 1_000;

export interface Reporter {
  readonly bus: Bus;
  readonly records: RunRecords;
  readonly readQueues: ReadQueues;
  /** Before the summary: lets what is still queued end. */
  readonly settle?: SettleRun;
  readonly dataDir: string;
  readonly folder: DataFolder;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Follows the results of a run from the beginning, so that a restart knows all; broadcasts where it
 * stands; writes a log line a project and, when the last one has ended, the summary. Ends then, when
 * it is stopped, or when the run is cancelled or forgotten.
 */
export async function followRun(record: RunRecord, reporter: Reporter): Promise<void> {
  const heard = await hearWarnings(reporter.bus, record.run, reporter);
  try {
    await follow(record, reporter, heard);
  } finally {
    heard.close();
  }
}

async function follow(record: RunRecord, reporter: Reporter, heard: HeardWarnings): Promise<void> {
  const { bus, records, dataDir, folder, log, signal } = reporter;
  const { run } = record;
  const worked = await openWorkingTimeFile(dataDir, run, log);
  const report = new RunReport(record, await openBatchLog(dataDir, run), {
    worked: worked.known,
    rates: await readLastRates(dataDir, record.recipe.embedding.id),
  });
  const startedMs = performance.now();
  let afterSequence = 0;
  while (!signal.aborted) {
    const range = {
      stream: streams.results.name,
      filter: subjectsOf('results', run),
      afterSequence,
    };
    const isThere = (await folder.problem()) === undefined;
    const read = () => readNewer(bus, range, (message) => report.take(toResult(message, log)));
    if (isThere) afterSequence = await folder.whileThere(read);
    const current = await records.get(run);
    if (current === undefined) {
      log.warn({ run }, 'the run was forgotten');
      await worked.remove();
      return;
    }
    if (current.state === 'cancelled') {
      broadcast(bus, report.status(current.state, new Date()));
      await bus.connection.flush();
      log.info({ run }, 'the run was cancelled');
      await worked.remove();
      return;
    }
    // Not before the extractor has written the record for the last time: one would undo the other.
    if (current.extractedAt !== null && report.projects.every(isFinished)) break;
    if (current.state === 'paused') report.pause();
    else
      await report.observe(
        await reporter.readQueues(run),
        current.extractedAt !== null,
        new Date(),
      );
    if (isThere) await worked.keep(report.working.stretches);
    broadcast(bus, report.status(current.state, new Date()));
    await pause(untilNextLookMs(performance.now() - startedMs), signal);
  }
  await keepRates(record, report, reporter);
  if (signal.aborted) return;
  await folder.whileThere(() => finishRun(record, report, { worked, heard }, reporter));
  broadcast(bus, report.status('completed', new Date()));
  await bus.connection.flush();
  log.info({ run }, 'the run is complete');
}

/** For the next run and its plan. A replay of embeddings has no embedder, and says nothing of one. */
async function keepRates(
  { run, recipe, replay }: RunRecord,
  { throughput }: RunReport,
  { dataDir, log }: Reporter,
): Promise<void> {
  const { embed, cached } = throughput.measured;
  if (replay !== undefined || (embed === null && cached === null)) return;
  const rates = { embed, cached, run, measuredAt: new Date().toISOString() };
  try {
    await storeLastRates(dataDir, recipe.embedding.id, rates);
  } catch (error) {
    log.debug({ err: error }, 'the rates of the run cannot be kept');
  }
}

/** A look wakes reporter, broker and whoever listens: of a short run people want to see the end soon. */
function untilNextLookMs(followedMs: number): number {
  const share = followedMs * SHARE_BETWEEN_LOOKS;
  return Math.min(Math.max(share, LEAST_BETWEEN_LOOKS_MS), MOST_BETWEEN_LOOKS_MS);
}

async function finishRun(
  record: RunRecord,
  report: RunReport,
  { worked, heard }: { readonly worked: WorkingTimeFile; readonly heard: HeardWarnings },
  { bus, records, dataDir, settle, log }: Reporter,
): Promise<void> {
  await settle?.(record.run);
  const letters = await readDeadLetters(bus, record.run);
  const now = new Date();
  await report.logRejected(now);
  const { acceptances, problem } = await readAcceptances(dataDir);
  const found = findAccepted(dataDir, record, acceptances);
  const content = toSummary(record, report.projects, now, {
    accepted: found.projects,
    findAcceptedProject: (project) => acceptances.find(identifyProject(project)),
    deadLetters: letters.map((letter) => toDeadLetterSummary(letter, acceptances)),
    working: report.working,
    warnings: [
      ...(problem === undefined ? [] : [problem]),
      ...found.problems,
      ...(await readWarnings(dataDir, record.run, { heard: heard.texts, log })),
    ],
  });
  const summary = await writeSummary(dataDir, content);
  await records.update(record.run, (current) => ({
    ...current,
    state: 'completed',
    completedAt: now.toISOString(),
    summary,
  }));
  await worked.remove();
}

function toResult({ data }: StoredMessage, log: Logger): ResultEvent | undefined {
  try {
    const event = decodeEvent(data);
    return event.type.startsWith('project.') ? (event as ResultEvent) : undefined;
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    log.warn({ err: error }, 'a result is of no known shape');
    return undefined;
  }
}

function broadcast(bus: Bus, status: RunStatus): void {
  const fitting = fitStatus(status, maxMessageBytes(bus));
  bus.connection.publish(statusSubject(status.run), JSON.stringify(fitting));
}
