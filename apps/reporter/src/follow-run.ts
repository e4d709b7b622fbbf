import {
  decodeEvent,
  MalformedEventError,
  statusSubject,
  subjectsOf,
  type ResultEvent,
  type RunRecord,
  type RunStatus,
} from '@cullstream/contracts';
import { readDeadLetters, readNewer, streams, type Bus, type StoredMessage } from '@cullstream/bus';
import { isFinished, toSummary } from '@cullstream/report';
import type { Logger, RunRecords } from '@cullstream/runtime';
import { openBatchLog } from './adapters/batch-log.js';
import { pause } from './adapters/pause.js';
import type { ReadQueues } from './adapters/read-queues.js';
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
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Follows the results of a run from the beginning, so that a restart knows all; broadcasts where it
 * stands; writes a log line a project and, when the last one has ended, the summary. Ends then, when
 * it is stopped, or when the run is cancelled or forgotten.
 */
export async function followRun(record: RunRecord, reporter: Reporter): Promise<void> {
  const { bus, records, dataDir, log, signal } = reporter;
  const { run } = record;
  const report = new RunReport(record, await openBatchLog(dataDir, run));
  const startedMs = performance.now();
  let afterSequence = 0;
  while (!signal.aborted) {
    const range = {
      stream: streams.results.name,
      filter: subjectsOf('results', run),
      afterSequence,
    };
    afterSequence = await readNewer(bus, range, (message) => report.take(toResult(message, log)));
    const current = await records.get(run);
    if (current === undefined) {
      log.warn({ run }, 'the run was forgotten');
      return;
    }
    if (current.state === 'cancelled') {
      broadcast(bus, report.status(current.state, new Date()));
      await bus.connection.flush();
      log.info({ run }, 'the run was cancelled');
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
    broadcast(bus, report.status(current.state, new Date()));
    await pause(untilNextLookMs(performance.now() - startedMs), signal);
  }
  if (signal.aborted) return;
  await finishRun(record, report, reporter);
  broadcast(bus, report.status('completed', new Date()));
  await bus.connection.flush();
  log.info({ run }, 'the run is complete');
}

/** A look wakes reporter, broker and whoever listens: of a short run people want to see the end soon. */
function untilNextLookMs(followedMs: number): number {
  const share = followedMs * SHARE_BETWEEN_LOOKS;
  return Math.min(Math.max(share, LEAST_BETWEEN_LOOKS_MS), MOST_BETWEEN_LOOKS_MS);
}

async function finishRun(
  record: RunRecord,
  report: RunReport,
  { bus, records, dataDir, settle }: Reporter,
): Promise<void> {
  await settle?.(record.run);
  const letters = await readDeadLetters(bus, record.run);
  const now = new Date();
  await report.logRejected(now);
  const content = toSummary(record, report.projects, now, letters.map(toDeadLetterSummary));
  const summary = await writeSummary(dataDir, content);
  await records.update(record.run, (current) => ({
    ...current,
    state: 'completed',
    completedAt: now.toISOString(),
    summary,
  }));
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
  bus.connection.publish(statusSubject(status.run), JSON.stringify(status));
}
