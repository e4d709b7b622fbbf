import {
  ConfigurationError,
  decodeEvent,
  MalformedEventError,
  statusSubject,
  subjectsOf,
  type ResultEvent,
  type RunRecord,
  type RunStatus,
} from '@cullstream/contracts';
import { followStream, streams, type StoredMessage } from '@cullstream/bus';
import { isFinished, toSummary } from '@cullstream/report';
import {
  connectService,
  openRunRecords,
  requireRun,
  type Logger,
  type RunRecords,
  type Service,
  type ServiceBus,
} from '@cullstream/runtime';
import { openBatchLog } from './adapters/batch-log.js';
import { readQueues } from './adapters/read-queues.js';
import { writeSummary } from './adapters/write-summary.js';
import { RunReport } from './run-report.js';
import type { ReporterSettings } from './settings.js';

const TICK_MS = 500;

/**
 * Follows RESULTS from the beginning, so that a restart knows all; broadcasts where the run stands;
 * writes a log line a project and, when the last one has ended, the summary. Then it ends.
 */
export async function startReporter(settings: ReporterSettings, log: Logger): Promise<Service> {
  const { run } = settings;
  if (run === undefined) throw new ConfigurationError(['run: say which run to report (CULL_RUN)']);
  const bus = await connectService(settings, 'reporter', log);
  const stopping = new AbortController();
  const work = async () => {
    const records = await openRunRecords(bus);
    const record = await requireRun(records, run);
    const report = new RunReport(record, await openBatchLog(settings.data, run));
    const following = await followStream(
      bus,
      streams.results.name,
      subjectsOf('results', run),
      (delivery) => report.take(toResult(delivery, log)),
    );
    await Promise.race([
      untilFinished({ bus, records, record, report, signal: stopping.signal }),
      following.done,
    ]);
    await following.stop();
    if (stopping.signal.aborted) return;
    await finishRun(settings.data, records, report, record);
    broadcast(bus, report.status(new Date()));
    await bus.connection.flush();
    log.info({ run }, 'the run is complete');
  };
  return {
    done: Promise.race([work(), bus.lost]).finally(() => bus.drain()),
    stop: () => stopping.abort(),
  };
}

interface Following {
  readonly bus: ServiceBus;
  readonly records: RunRecords;
  readonly record: RunRecord;
  readonly report: RunReport;
  readonly signal: AbortSignal;
}

async function untilFinished({ bus, records, record, report, signal }: Following): Promise<void> {
  while (!signal.aborted && !report.projects.every(isFinished)) {
    const current = await records.get(record.run);
    await report.observe(
      await readQueues(bus, record.run),
      current?.extractedAt !== null,
      new Date(),
    );
    broadcast(bus, report.status(new Date()));
    await pause(signal);
  }
}

async function finishRun(
  dataDir: string,
  records: RunRecords,
  report: RunReport,
  record: RunRecord,
): Promise<void> {
  const now = new Date();
  const summary = await writeSummary(dataDir, record, toSummary(record, report.projects, now));
  const current = await requireRun(records, record.run);
  await records.put(record.run, {
    ...current,
    state: 'completed',
    completedAt: now.toISOString(),
    summary,
  });
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

function broadcast(bus: ServiceBus, status: RunStatus): void {
  bus.connection.publish(statusSubject(status.run), JSON.stringify(status));
}

/** Half a second, or less when the service is stopped. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, TICK_MS);
    signal.addEventListener('abort', end);
  });
}
