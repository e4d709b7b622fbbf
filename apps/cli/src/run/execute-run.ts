import {
  statusSubject,
  runStatus,
  type RunId,
  type RunRecord,
  type RunStatus,
} from '@cullstream/contracts';
import { connectBus, type Bus } from '@cullstream/bus';
import { openRunRecords, requireRun, type Logger } from '@cullstream/runtime';
import type { Surroundings } from '../settings/read-settings.js';
import type { ExecutionSettings } from '../settings/settings.js';
import { openBroker } from './broker.js';
import { removeBrokerFile, writeBrokerFile, type WorkKind } from './broker-file.js';
import type { OpenedRun } from './open-run.js';
import { patiently } from './patiently.js';
import { untilRunEnds } from './until-run-ends.js';
import { watchDisk } from './watch-disk.js';
import { startServices, untilOneFails, type ServicePlan, type Services } from './start-services.js';

export interface RunView {
  opened(run: OpenedRun): void;
  status(status: RunStatus): void;
  close(): void;
}

export type RunEnd =
  | {
      readonly kind: 'completed' | 'interrupted';
      /** File of the summary below the data folder. */
      readonly summary: string | null;
    }
  /** Deployed services go on with it. */
  | { readonly kind: 'detached'; readonly run: RunId };

/** Ends the run before its time: politely at first, at once when asked again. */
export interface Interruption {
  readonly requested: Promise<void>;
  readonly forced: Promise<void>;
}

/**
 * What the broker and the services are started for: a run, or a replay of one. The reporter, which
 * ends it, is the first service.
 */
export interface Execution extends ServicePlan {
  readonly kind: WorkKind;
  /** Takes up or begins what is to be executed. */
  open(bus: Bus): Promise<OpenedRun>;
  /** Work of this process beside the services; ends early when `signal` is aborted. */
  feed?(bus: Bus, record: RunRecord, signal: AbortSignal): Promise<void>;
}

/**
 * Starts broker and services, follows the run to its end, and stops everything it started.
 * @throws {ServiceEndedError} when a service cannot be kept alive
 */
export async function executeRun(
  execution: Execution,
  settings: ExecutionSettings,
  surroundings: Surroundings,
  { log, view, interruption }: { log: Logger; view: RunView; interruption: Interruption },
): Promise<RunEnd> {
  const broker = await openBroker(settings, surroundings, log);
  const unwatch = watchDisk(settings.data, {
    onFull: () =>
      log.warn(`the disk is full: free some space below ${settings.data}, the run then goes on`),
    // A nats-server that could not write takes nothing more until it is started again.
    onFreed: () => void broker.restart(),
  });
  try {
    const { url, access } = broker;
    const bus = await connectBus({ url, ...access, name: 'cli', log });
    try {
      const opened = await patiently(() => execution.open(bus));
      const { run } = opened.record;
      view.opened(opened);
      if (settings.services === 'deployed') {
        if (settings.detach === true) return { kind: 'detached', run };
        const nobody: Services = new Map();
        return await follow(bus, opened, nobody, { execution, settings, view, interruption });
      }
      await writeBrokerFile(settings.data, run, broker, execution.kind);
      const services = await startServices(run, execution, { settings, surroundings, broker, log });
      return await follow(bus, opened, services, { execution, settings, view, interruption });
    } finally {
      await bus.close();
    }
  } finally {
    unwatch();
    view.close();
    await broker.stop();
  }
}

async function follow(
  bus: Bus,
  { record }: OpenedRun,
  services: Services,
  {
    execution,
    settings,
    view,
    interruption,
  }: {
    execution: Execution;
    settings: ExecutionSettings;
    view: RunView;
    interruption: Interruption;
  },
): Promise<RunEnd> {
  const subscription = bus.connection.subscribe(statusSubject(record.run), {
    callback: (_error, message) => {
      const status = runStatus.safeParse(message.json());
      if (status.success) view.status(status.data);
    },
  });
  const stopping = new AbortController();
  const ended = services.get('reporter-0')?.finished ?? untilRunEnds(bus, record.run);
  const fed = execution.feed?.(bus, record, stopping.signal);
  void interruption.forced.then(() => {
    for (const service of services.values()) service.kill();
  });
  try {
    const end = await Promise.race([
      ended.then(() => 'completed' as const),
      untilOneFails(services),
      ...(fed === undefined ? [] : [fed.then(() => new Promise<never>(never))]),
      interruption.requested.then(() => 'interrupted' as const),
    ]);
    if (end !== 'completed') return { kind: 'interrupted', summary: null };
    const finished = await patiently(async () => requireRun(await openRunRecords(bus), record.run));
    if (services.size > 0) await removeBrokerFile(settings.data, execution.kind);
    return { kind: 'completed', summary: finished.summary };
  } finally {
    subscription.unsubscribe();
    stopping.abort();
    await Promise.race([fed?.catch(() => undefined), interruption.forced]);
    await Promise.all([...services.values()].map((service) => service.stop()));
  }
}

const never = () => undefined;
