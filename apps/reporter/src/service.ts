import {
  decodeMessage,
  isUnfinished,
  MalformedEventError,
  statusSubject,
  toSubjectFilter,
  type ResultEvent,
  type RunId,
  type RunRecord,
  type RunStatus,
} from '@cullstream/contracts';
import {
  maxMessageBytes,
  readEventsAfter,
  streams,
  type Bus,
  type StoredMessage,
} from '@cullstream/bus';
import { isFinished } from '@cullstream/report';
import {
  closeAfter,
  listRuns,
  pause,
  readLastRates,
  requireWholeRun,
  type Logger,
  type Service,
  type ServiceContext,
  type ServiceMetrics,
} from '@cullstream/runtime';
import { openBatchLog } from './adapters/batch-log.js';
import { finishRun, storeRates } from './adapters/finish-run.js';
import { collectWarnings, type CollectedWarnings } from './adapters/collect-warnings.js';
import { createRunNotices } from './adapters/run-notices.js';
import { servePage } from './adapters/serve-page.js';
import { createStoredProgressReader } from './adapters/stored-progress.js';
import { openWorkingTimeFile } from './adapters/working-time-file.js';
import { composeReporter, type ReporterParts } from './compose.js';
import { truncateStatus } from './core/truncate-status.js';
import { RunReport } from './core/run-report.js';
import type { ReporterSettings } from './settings.js';

/** Time between two looks at a run, as a share of the time it has been followed, and its limits. */
const SHARE_BETWEEN_LOOKS = 1 / 20;
const LEAST_BETWEEN_LOOKS_MS = 500;
const MOST_BETWEEN_LOOKS_MS = 1_000;

/** How often a deployed reporter looks for new runs. */
const LOOK_EVERY_MS = 1_000;

/**
 * Reports on one run and ends with it. If no run is set, it reports on every current run, independently
 * of each other, until it is stopped.
 */
export async function startReporter(
  settings: ReporterSettings,
  context: ServiceContext,
): Promise<Service> {
  const parts = await composeReporter(settings, context);
  const { bus, records, folder } = parts;
  const stopping = new AbortController();
  const page = await servePage(settings, bus, context.log);
  const reporter = { ...parts, metrics: context.metrics, signal: stopping.signal };
  const work = async () => {
    if (settings.run === undefined) return followAll(reporter, context);
    await followRun(await requireWholeRun(records, settings.run), reporter);
    await page?.untilLoaded(stopping.signal);
  };
  const close = async () => {
    await page?.close();
    await bus.drain();
  };
  return {
    done: closeAfter([work(), bus.lost], close),
    stop: () => {
      folder.leave();
      stopping.abort();
    },
  };
}

interface Reporter extends ReporterParts {
  readonly metrics: ServiceMetrics;
  readonly signal: AbortSignal;
}

async function followAll(reporter: Reporter, { log, metrics }: ServiceContext): Promise<void> {
  const { records, signal } = reporter;
  const followed = new Map<RunId, Promise<void>>();
  let failure: { readonly cause: unknown } | undefined;
  while (!signal.aborted && failure === undefined) {
    for (const head of await listRuns(records, log)) {
      const { run } = head;
      if (!isUnfinished(head) || followed.has(run)) continue;
      log.info({ run }, 'a run is under way');
      const following = requireWholeRun(records, run)
        .then((record) => followRun(record, reporter))
        .then(() => metrics.countRuns())
        .catch((cause: unknown) => {
          failure ??= { cause };
        })
        .finally(() => followed.delete(run));
      followed.set(run, following);
    }
    await pause(LOOK_EVERY_MS, signal);
  }
  // The process is started again and reads the results of every run from the beginning.
  if (failure !== undefined) throw failure.cause;
  await Promise.all(followed.values());
}

/**
 * Reads the results of a run from the beginning, so that nothing is missing after a restart. Broadcasts
 * its state, writes a log line for each finished project, and the summary after the last one. Ends then,
 * or when it is stopped, or when the run is cancelled or deleted.
 */
async function followRun(record: RunRecord, reporter: Reporter): Promise<void> {
  const heard = await collectWarnings(reporter.bus, record.run, reporter);
  try {
    await follow(record, reporter, heard);
  } finally {
    reporter.metrics.removeRemainder(record.run);
    heard.close();
  }
}

async function follow(
  record: RunRecord,
  reporter: Reporter,
  heard: CollectedWarnings,
): Promise<void> {
  const {
    bus,
    records,
    dataDir,
    folder,
    log,
    signal,
    countEmbedders,
    notify,
    stallMinutes,
    metrics,
  } = reporter;
  const { run } = record;
  const worked = await openWorkingTimeFile(run, reporter);
  const batchLog = await openBatchLog(dataDir, run, folder);
  const report = new RunReport(record, batchLog, {
    worked: worked.known.stretches,
    history: worked.known.history,
    rates: await readLastRates(dataDir, record.recipe.embedding.id),
    readStored: createStoredProgressReader(run, reporter),
  });
  const notices = createRunNotices(record, report, { notify, stallMinutes });
  const tell = ({ state, first }: Pick<RunRecord, 'state' | 'first'>) => {
    const embedders = countEmbedders();
    const status = report.status(state, new Date());
    const { imagesPerSecond } = status;
    metrics.setRemainder(run, { images: report.remaining(state), imagesPerSecond });
    broadcast(bus, {
      ...status,
      ...(first !== undefined && { first }),
      ...(embedders !== undefined && { embedders }),
    });
  };
  const startedMs = performance.now();
  let afterSequence = 0;
  while (!signal.aborted) {
    const range = {
      stream: streams.results.name,
      filter: toSubjectFilter('results', run),
      afterSequence,
    };
    const isThere = (await folder.problem()) === undefined;
    const read = () =>
      readEventsAfter(bus, range, (message) => report.take(toResult(message, log)));
    if (isThere) afterSequence = await folder.whileThere(read);
    const current = await records.get(run);
    if (current === undefined) {
      log.warn({ run }, 'the run was forgotten');
      await worked.remove();
      return;
    }
    if (current.state === 'cancelled') {
      tell(current);
      await bus.connection.flush();
      log.info({ run }, 'the run was cancelled');
      await worked.remove();
      return;
    }
    // Not before the extractor has written the record for the last time: both would overwrite each other.
    if (current.extractedAt !== null && report.projects.every(isFinished)) break;
    if (current.state === 'paused') report.pause();
    else
      await report.observe(
        await reporter.readQueues(run),
        current.extractedAt !== null,
        new Date(),
      );
    notices.look(current);
    if (isThere) {
      const { stretches } = report.working;
      await worked.keep({ stretches, history: report.history.points });
    }
    tell(current);
    await pause(untilNextLookMs(performance.now() - startedMs), signal);
  }
  await storeRates(record, report, reporter);
  if (signal.aborted) {
    const last = await records.get(run).catch(() => undefined);
    if (last?.state === 'paused') notices.look(last);
    return notices.settled();
  }
  const summary = await folder.whileThere(() =>
    finishRun(record, report, { worked, heard }, reporter),
  );
  tell({ state: 'completed' });
  await bus.connection.flush();
  log.info({ run }, 'the run is complete');
  await notices.ended(summary);
}

/** Looking costs all processes some work, so long runs are looked at less often than short ones. */
function untilNextLookMs(followedMs: number): number {
  const share = followedMs * SHARE_BETWEEN_LOOKS;
  return Math.min(Math.max(share, LEAST_BETWEEN_LOOKS_MS), MOST_BETWEEN_LOOKS_MS);
}

function toResult(message: StoredMessage, log: Logger): ResultEvent | undefined {
  try {
    const event = decodeMessage(message);
    return event.type.startsWith('project.') ? (event as ResultEvent) : undefined;
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    log.warn({ err: error }, 'a result is of no known shape');
    return undefined;
  }
}

function broadcast(bus: Bus, status: RunStatus): void {
  const fitting = truncateStatus(status, maxMessageBytes(bus));
  bus.connection.publish(statusSubject(status.run), JSON.stringify(fitting));
}
