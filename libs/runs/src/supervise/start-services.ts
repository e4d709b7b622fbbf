import { availableParallelism } from 'node:os';
import type { RunId } from '@cullstream/contracts';
import { engineEnvironment } from '@cullstream/embedding';
import { openDataFolder, readFolderId, toVariableName } from '@cullstream/runtime';
import type { ServiceOptions } from '../options.js';
import type { Broker } from '@cullstream/broker';
import { createChildReaper } from './child-reaper.js';
import type { ServiceLog } from './service-log.js';
import type { WorkContext } from '../work-context.js';
import type { ChosenPage } from '../execute/choose-page.js';
import type { ServiceName } from './service-name.js';
import { supervise, type SupervisedService } from './supervise.js';

/** Running services by name and position: `reporter-0`. */
export type Services = ReadonlyMap<string, SupervisedService>;

/** Which services a run needs, and with which weights. */
export interface ServicePlan {
  /** The weights as they were chosen. */
  readonly files: Readonly<Partial<Record<'embedder' | 'ranker' | 'crop', string | undefined>>>;
  /** One process each; a name may stand there several times. */
  readonly services: readonly ServiceName[];
  /** Images of the run, if that is known. */
  readonly images?: number | undefined;
}

/** A run of so many takes seconds. */
const FEW_IMAGES = 200;

/** Starts the services of one run as child processes that are kept alive. */
export function startServices(
  run: RunId,
  { files, services, images = Infinity }: ServicePlan,
  context: Pick<WorkContext, 'target' | 'environment' | 'startService' | 'log'> & {
    settings: ServiceOptions;
    broker: Pick<Broker, 'url' | 'credentials'>;
    serviceLog: ServiceLog;
    /** Whether a run works in the folder already, which is not to be slowed down. */
    isGuest?: boolean;
    /** Where the reporter serves the page. */
    page?: ChosenPage | undefined;
  },
): Services {
  const {
    settings,
    target,
    startService,
    broker,
    serviceLog,
    log,
    isGuest = false,
    page,
  } = context;
  const lastWill = createChildReaper();
  const folderId = readFolderId(settings.data);
  const environment = {
    ...fullFloats,
    ...context.environment,
    ...toVariables({
      run,
      natsUrl: broker.url,
      natsUser: broker.credentials?.user,
      natsPassword: broker.credentials?.password,
      ...(target.kind === 'external' && {
        natsSeedFile: target.seedFile,
        natsCaFile: target.caFile,
      }),
      originals: settings.originals,
      readTimeout: settings.readTimeout?.toString(),
      bytes: settings.bytes,
      data: settings.data,
      folderId,
      cache: settings.cache,
      vectors: settings.vectors,
      ...files,
      features: settings.features,
      preprocess: settings.preprocess,
      precision: settings.precision,
      activation: settings.activation,
      device: settings.device,
      logLevel: 'info',
      ...toEngineSettings(settings),
    }),
  };
  // Its supervisor reports why.
  const tell = (fields: object, message: string) => log.debug(fields, message);
  const folder = openDataFolder(settings.data, { warn: tell, info: tell }, { id: folderId });
  void folder.problem();
  return new Map(
    services.map((service, index) => [
      `${service}-${index}`,
      supervise(service, {
        startService,
        environment: {
          ...(service === 'embedder' ? engineEnvironment : frugalMemory),
          ...environment,
          ...readingFolder(service, settings),
          ...(service === 'reporter' && toReporterVariables(settings, page)),
          ...toHealthPort(index, settings, isGuest),
        },
        isGuest,
        isShort: images <= FEW_IMAGES,
        mayStart: async () => (await folder.problem()) === undefined,
        lastWill,
        onLogLine: (name, line) => serviceLog.write(name, line),
        onRestart: (name, how, why) =>
          log.warn(
            `the ${name} ended with ${how} and is started again: ${why}; nothing is lost, ` +
              `${serviceLog.path} tells what it said last`,
          ),
      }),
    ]),
  );
}

/**
 * For glibc's allocator, which keeps what was freed in as many arenas as there are threads unless it is
 * told.
 */
const frugalMemory = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1048576' };

/** NVIDIA's libraries round products to 10 bits on some cards unless they are told not to. */
const fullFloats = { NVIDIA_TF32_OVERRIDE: '0' };

/** Rejects when one of them cannot be kept alive; never resolves. */
export function waitForServiceFailure(services: Services): Promise<never> {
  return Promise.race(
    [...services.values()].map(({ finished }) => finished.then(() => new Promise<never>(never))),
  );
}

const never = () => undefined;

/** Embedders on the host of the originals read them there, whoever else borrows them. */
function readingFolder(service: ServiceName, { originals }: ServiceOptions) {
  const readsFolder = service === 'embedder' && originals !== undefined;
  return readsFolder ? toVariables({ bytes: 'originals' }) : {};
}

function toReporterVariables(
  { embedders, notify, stallMinutes }: ServiceOptions,
  page: ChosenPage | undefined,
) {
  const { host, port, token } = page ?? {};
  return toVariables({
    embedders: String(embedders),
    pageHost: host,
    pagePort: port?.toString(),
    pageToken: token,
    notify,
    stallMinutes: stallMinutes?.toString(),
  });
}

/** Each service takes the next port. A replay beside a run takes none: the run has them. */
function toHealthPort(index: number, { healthPort }: ServiceOptions, isGuest: boolean) {
  const isFree = healthPort === undefined || healthPort === 0;
  const port = isFree ? healthPort : healthPort + index;
  const isServed = port !== undefined && !isGuest;
  return toVariables({ healthPort: isServed ? String(port) : undefined });
}

/**
 * As it was said, here or in the environment of the command. Several embedders share the cores, which
 * no profile was measured for; a single one finds its own.
 */
function toEngineSettings(settings: ServiceOptions) {
  const { embedders, workers, threads, batch, decodes, memoryCap } = settings;
  const share = Math.max(1, Math.floor(availableParallelism() / embedders / (threads ?? 1)));
  const said = {
    threads,
    batch,
    decodes,
    memoryCap,
    workers: workers ?? (embedders > 1 ? share : undefined),
  };
  return Object.fromEntries(
    Object.entries(said).flatMap(([part, value]) =>
      value === undefined ? [] : [[part, String(value)]],
    ),
  );
}

function toVariables(settings: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(
    Object.entries(settings).map(([setting, value]) => [toVariableName(setting), value]),
  );
}
