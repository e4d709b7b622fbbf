import {
  ConfigurationError,
  statusSubject,
  subjectsOf,
  runStatus,
  weightedServices,
  type PredictionRecipe,
  type RunId,
  type RunRecord,
  type RunStatus,
} from '@cullstream/contracts';
import { deleteRun, readLastEvent, streams, type Bus } from '@cullstream/bus';
import { formatSeconds } from '@cullstream/report';
import { openRunRecords, requireRun, toVariableName } from '@cullstream/runtime';
import { reportIfSlow } from '../report-if-slow.js';
import type { ExecutionOptions } from '../options.js';
import {
  connectBroker,
  joinBroker,
  keepBrokerWriting,
  recordCancellation,
  openBroker,
  retryTransient,
  removeBrokerFile,
  writeBrokerFile,
  type Broker,
  type BrokerFile,
  type WorkKind,
} from '@cullstream/broker';
import { forgetRun } from '../open/register-run.js';
import { unlessInterrupted, type Interruption } from '../interruption.js';
import { reconcileServices } from './reconcile-services.js';
import { nextTimeOfDay } from './next-time-of-day.js';
import type { OpenedRun } from '../open/open-run.js';
import { assertSameWeights } from './assert-same-weights.js';
import { relayWarnings } from './relay-warnings.js';
import { openServiceLog } from '../supervise/service-log.js';
import type { WorkContext } from '../work-context.js';
import { refuseTakenPorts } from './refuse-taken-ports.js';
import { waitForRunEnd } from './wait-for-run-end.js';
import { watchDeployed } from './watch-deployed.js';
import {
  startServices,
  waitForServiceFailure,
  type ServicePlan,
  type Services,
} from '../supervise/start-services.js';

export interface RunView {
  opened(run: OpenedRun): void;
  status(status: RunStatus): void;
  close(): void;
}

export interface RunEnd {
  /**
   * `paused`: it was time to. `cancelled`: somebody said so. `detached`: deployed services go on with
   * it.
   */
  readonly kind: 'completed' | 'interrupted' | 'paused' | 'cancelled' | 'detached';
  readonly run: RunId;
  /** File of the summary below the data folder; null where the run was not completed. */
  readonly summary: string | null;
}

export interface ExecutionParts extends WorkContext {
  readonly view: RunView;
  readonly interruption: Interruption;
  /** Tells what this process warns of; returns what ends it. */
  readonly onWarning: (listener: (warning: string) => void) => () => void;
  /** The run in the data folder beside which this one works, by its broker. */
  readonly host?: BrokerFile | undefined;
}

/**
 * What the broker and the services are started for: a run, or a replay of one. The reporter, which
 * ends it, is the first service.
 */
export interface Execution extends ServicePlan {
  readonly kind: WorkKind;
  /** What services of a deployment must have the weights of. */
  readonly recipe: PredictionRecipe;
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
  settings: ExecutionOptions,
  parts: ExecutionParts,
): Promise<RunEnd> {
  const { log, view, note, host, interruption, target, environment, programOf } = parts;
  if (settings.services === 'own' && host === undefined) {
    const healthHost = environment[toVariableName('healthHost')];
    await refuseTakenPorts(settings.healthPort, execution.services.length, healthHost);
  }
  const broker =
    host === undefined || target.kind === 'external'
      ? await openUnlessInterrupted(
          reportIfSlow(openBroker(target, log), { note, describe: describeOpening }),
          interruption,
        )
      : joinBroker(target, host, log);
  const unwatch = keepBrokerWriting(settings.data, broker, log);
  try {
    const { signal } = interruption;
    const bus = await connectBroker(broker, { name: 'cli', log, note, signal });
    try {
      if (settings.services === 'deployed') {
        const asked = weightedServices.filter((each) => execution.services.includes(each));
        await assertSameWeights(bus, execution.recipe, { services: asked, note });
      }
      const opened = await unlessInterrupted(
        retryTransient(() => execution.open(bus)),
        interruption,
      );
      const { run } = opened.record;
      view.opened(opened);
      if (settings.services === 'deployed') {
        const warnings = relayWarnings(bus, run, parts.onWarning);
        try {
          if (settings.detach === true) {
            await warnings.told();
            return { kind: 'detached', run, summary: null };
          }
          return await follow(bus, opened, new Map(), { execution, settings, parts, broker });
        } finally {
          warnings.end();
        }
      }
      await writeBrokerFile(settings.data, run, broker, execution.kind);
      const serviceLog = await openServiceLog(settings.data, run, log);
      const unkeep = parts.onWarning((warning) => serviceLog.keep(warning));
      const isGuest = host !== undefined;
      const context = {
        settings,
        target,
        environment,
        programOf,
        broker,
        serviceLog,
        log,
        isGuest,
      };
      const services = startServices(run, execution, context);
      const end = await follow(bus, opened, services, { execution, settings, parts, broker })
        .catch(async (error: unknown) => {
          if (error instanceof ConfigurationError)
            await forgetRefused(bus, opened, execution, settings);
          throw error;
        })
        .finally(unkeep);
      if (end.kind === 'cancelled') {
        await deleteRun(bus, run);
        await recordCancellation(settings.data, run, execution.kind);
      } else if (end.kind === 'paused') {
        await writeBrokerFile(settings.data, run, broker, execution.kind, { isPaused: true });
      } else if (end.kind !== 'interrupted') await removeBrokerFile(settings.data, execution.kind);
      return end;
    } finally {
      await bus.close();
    }
  } finally {
    unwatch();
    view.close();
    await broker.stop();
  }
}

const describeOpening = () =>
  'starting the broker; where there is no nats-server yet, it is fetched first, once';

/** A broker that comes too late is stopped again. */
async function openUnlessInterrupted(
  opening: Promise<Broker>,
  interruption: Interruption,
): Promise<Broker> {
  try {
    return await unlessInterrupted(opening, interruption);
  } catch (error) {
    void opening.then((late) => late.stop()).catch(() => undefined);
    throw error;
  }
}

/** A run that was refused before it brought anything about leaves nothing that could be resumed. */
async function forgetRefused(
  bus: Bus,
  { record: { run }, resumed }: OpenedRun,
  { kind }: Execution,
  { data }: ExecutionOptions,
): Promise<void> {
  const { name } = streams.predictions;
  if (resumed || (await readLastEvent(bus, name, subjectsOf('predictions', run))) !== undefined)
    return;
  await forgetRun(bus, await openRunRecords(bus), run);
  await removeBrokerFile(data, kind);
}

interface Following {
  readonly execution: Execution;
  readonly settings: ExecutionOptions;
  readonly parts: ExecutionParts;
  readonly broker: Pick<Broker, 'failed'>;
}

async function follow(
  bus: Bus,
  { record }: OpenedRun,
  services: Services,
  { execution, settings, broker, parts: { view, interruption, note } }: Following,
): Promise<RunEnd> {
  const { run } = record;
  const stopping = new AbortController();
  const watch =
    settings.services === 'deployed' ? watchDeployed(bus, run, note, stopping.signal) : undefined;
  const subscription = bus.connection.subscribe(statusSubject(run), {
    callback: (_error, message) => {
      const status = runStatus.safeParse(message.json());
      watch?.heard();
      if (status.success) view.status(status.data);
    },
  });
  const ended = services.get('reporter-0')?.finished ?? waitForRunEnd(bus, run);
  const fed = execution.feed?.(bus, record, stopping.signal);
  const { until, maxLoad } = settings;
  const untilTime = until === undefined ? undefined : nextTimeOfDay(until, new Date());
  if (untilTime !== undefined) {
    const left = formatSeconds((untilTime.getTime() - Date.now()) / 1_000);
    note(`working until ${until ?? ''}, which is in ${left}: the run is paused then`);
  }
  const options = { run, services, until: untilTime, maxLoad, note };
  const reconciling = reconcileServices(bus, options, stopping.signal);
  void interruption.forced.then(() => {
    for (const service of services.values()) service.kill();
  });
  try {
    const kind = await Promise.race([
      ended.then(() => 'ended' as const),
      reconciling.then((kind) => (kind === 'paused' ? kind : new Promise<never>(never))),
      waitForServiceFailure(services),
      broker.failed,
      ...(fed === undefined ? [] : [fed.then(() => new Promise<never>(never))]),
      interruption.requested.then(() => 'interrupted' as const),
    ]);
    if (kind !== 'ended') return { kind, run, summary: null };
    const { state, summary } = await retryTransient(async () =>
      requireRun(await openRunRecords(bus), run),
    );
    return { kind: state === 'cancelled' ? state : 'completed', run, summary };
  } finally {
    subscription.unsubscribe();
    stopping.abort();
    await Promise.race([Promise.allSettled([fed, reconciling]), interruption.forced]);
    await Promise.all([...services.values()].map((service) => service.stop()));
  }
}

const never = () => undefined;
