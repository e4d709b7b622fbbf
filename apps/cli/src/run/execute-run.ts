import { availableParallelism } from 'node:os';
import { statusSubject, runStatus, type RunStatus } from '@cullstream/contracts';
import { connectBus, type Bus } from '@cullstream/bus';
import { openRunRecords, requireRun, toVariableName, type Logger } from '@cullstream/runtime';
import type { Surroundings } from '../settings/read-settings.js';
import type { RunSettings } from '../settings/settings.js';
import { openBroker, type Broker } from './broker.js';
import { removeBrokerFile, writeBrokerFile } from './broker-file.js';
import { openRun, type OpenedRun } from './open-run.js';
import type { PreparedRun } from './prepare-run.js';
import { openServiceLog } from './service-log.js';
import { supervise, type ServiceName, type SupervisedService } from './supervise.js';

export interface RunView {
  opened(run: OpenedRun): void;
  status(status: RunStatus): void;
  close(): void;
}

export interface RunEnd {
  readonly kind: 'completed' | 'interrupted';
  /** File of the summary below the data folder. */
  readonly summary: string | null;
}

/** Ends the run before its time: politely at first, at once when asked again. */
export interface Interruption {
  readonly requested: Promise<void>;
  readonly forced: Promise<void>;
}

/**
 * Starts broker and services, follows the run to its end, and stops everything it started.
 * @throws {ServiceEndedError} when a service cannot be kept alive
 */
export async function executeRun(
  prepared: PreparedRun,
  settings: RunSettings,
  surroundings: Surroundings,
  { log, view, interruption }: { log: Logger; view: RunView; interruption: Interruption },
): Promise<RunEnd> {
  const broker = await openBroker(settings, surroundings, log);
  try {
    const { url, credentials } = broker;
    const bus = await connectBus({ url, credentials, name: 'cli', log });
    try {
      const opened = await openRun(bus, prepared, settings);
      await writeBrokerFile(settings.data, opened.record.run, broker);
      view.opened(opened);
      const services = await startServices(opened, prepared, {
        settings,
        surroundings,
        broker,
        log,
      });
      return await follow(bus, opened, services, { settings, view, interruption });
    } finally {
      await bus.close();
    }
  } finally {
    view.close();
    await broker.stop();
  }
}

type Services = ReadonlyMap<string, SupervisedService>;

async function startServices(
  { record }: OpenedRun,
  { models }: PreparedRun,
  context: { settings: RunSettings; surroundings: Surroundings; broker: Broker; log: Logger },
): Promise<Services> {
  const { settings, surroundings, broker, log } = context;
  const serviceLog = await openServiceLog(settings.data, record.run, log);
  const environment = {
    ...surroundings.environment,
    ...toVariables({
      run: record.run,
      natsUrl: broker.url,
      natsUser: broker.credentials?.user,
      natsPassword: broker.credentials?.password,
      originals: settings.originals,
      data: settings.data,
      cache: settings.cache,
      ...models.files,
      features: settings.features,
      preprocess: settings.preprocess,
      precision: settings.precision,
      logLevel: 'info',
      workers: String(workersOf(settings.embedders)),
    }),
  };
  const names: ServiceName[] = ['reporter', 'writer', 'predictor', 'extractor'];
  const embedders = Array.from({ length: settings.embedders }, () => 'embedder' as const);
  return new Map(
    [...names, ...embedders].map((service, index) => [
      `${service}-${index}`,
      supervise(service, {
        environment,
        onLogLine: (name, line) => serviceLog.write(name, line),
        onRestart: (name, why) => log.warn(`the ${name} ended with ${why} and is started again`),
      }),
    ]),
  );
}

/** Threads × processes = cores. */
function workersOf(embedders: number): number {
  return Math.max(1, Math.floor(availableParallelism() / embedders));
}

function toVariables(settings: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(
    Object.entries(settings).map(([setting, value]) => [toVariableName(setting), value]),
  );
}

async function follow(
  bus: Bus,
  { record }: OpenedRun,
  services: Services,
  {
    settings,
    view,
    interruption,
  }: {
    settings: RunSettings;
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
  void interruption.forced.then(() => {
    for (const service of services.values()) service.kill();
  });
  try {
    const end = await Promise.race([
      services.get('reporter-0')?.finished.then(() => 'completed' as const),
      ...[...services.values()].map(({ finished }) =>
        finished.then(() => new Promise<never>(never)),
      ),
      interruption.requested.then(() => 'interrupted' as const),
    ]);
    if (end !== 'completed') return { kind: 'interrupted', summary: null };
    const finished = await requireRun(await openRunRecords(bus), record.run);
    await removeBrokerFile(settings.data);
    return { kind: 'completed', summary: finished.summary };
  } finally {
    subscription.unsubscribe();
    await Promise.all([...services.values()].map((service) => service.stop()));
  }
}

const never = () => undefined;
