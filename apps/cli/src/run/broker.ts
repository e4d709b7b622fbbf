import { join } from 'node:path';
import {
  findNatsServer,
  inboxPrefixOf,
  readSeedFile,
  startEmbeddedBroker,
  type BusAccess,
  type BusCredentials,
  type BusUser,
  type EmbeddedBroker,
} from '@cullstream/bus';
import type { Logger } from '@cullstream/runtime';
import { patiently } from './patiently.js';
import type { Surroundings } from '../settings/read-settings.js';
import { programFolder } from './data-lock.js';

/** A broker to work with: somebody else's, or one of our own that ends with this process. */
export interface Broker {
  readonly url: string;
  readonly credentials: BusCredentials | undefined;
  /** All it takes to get in. */
  readonly access: BusAccess;
  readonly version: string | undefined;
  /** Ends it and starts it again at the same address; nothing where it is somebody else's. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const RESTART_DELAY_MS = 200;

/** Where a broker is, or where one of our own keeps its store and its binary. */
export interface BrokerSettings extends ExternalBroker {
  readonly data: string;
  readonly cache: string;
}

export interface ExternalBroker {
  readonly nats?: string | undefined;
  readonly natsSeedFile?: string | undefined;
  readonly natsCaFile?: string | undefined;
}

/**
 * How to get in at somebody else's broker: as the operator, say, where it knows users by keys.
 * @throws {ConfigurationError} when the key file is unusable
 */
export async function toAccess(
  { natsSeedFile, natsCaFile }: ExternalBroker,
  user: BusUser = 'operator',
): Promise<BusAccess> {
  return {
    caFile: natsCaFile,
    inboxPrefix: inboxPrefixOf(user),
    ...(natsSeedFile !== undefined && { seed: await readSeedFile(natsSeedFile) }),
  };
}

type Address = Pick<EmbeddedBroker, 'port' | 'credentials'>;

/**
 * The broker at `url`, or an embedded one with its store below the data folder.
 * @param again where an embedded one was before
 */
export async function openBroker(
  settings: BrokerSettings,
  surroundings: Surroundings,
  log: Logger,
  again?: Address,
): Promise<Broker> {
  const url = settings.nats ?? surroundings.environment['NATS_URL'];
  if (url !== undefined) {
    const access = await toAccess(settings);
    const nothing = () => Promise.resolve();
    const own = { restart: nothing, stop: nothing };
    return { url, credentials: undefined, access, version: undefined, ...own };
  }
  const binary = await findBinary(settings.cache, surroundings, log);
  return keepAlive(join(settings.data, programFolder, 'broker'), binary, log, again);
}

/** Where nats-server is, fetching it where it must be. */
export function findBinary(cacheDir: string, { environment }: Surroundings, log: Logger) {
  return findNatsServer({
    env: { NATS_SERVER_BIN: environment['NATS_SERVER_BIN'], PATH: environment['PATH'] },
    cacheDir,
    log,
    platform: { os: process.platform, arch: process.arch },
  });
}

/** A server that is killed comes back at its old address, and every service reconnects by itself. */
async function keepAlive(
  storeDir: string,
  binary: Awaited<ReturnType<typeof findBinary>>,
  log: Logger,
  before?: Address,
): Promise<Broker> {
  let stopping = false;
  const start = (again: Address | undefined) =>
    startEmbeddedBroker({
      storeDir,
      binary,
      log,
      port: again?.port,
      credentials: again?.credentials,
      onExit: () => {
        if (!stopping) setTimeout(() => void restart(), RESTART_DELAY_MS);
      },
    });
  let current = await patiently(() => start(before));
  const restart = async () => {
    if (stopping) return;
    log.warn('the broker ended and is started again');
    try {
      current = await start(current);
    } catch (error) {
      log.error({ err: error }, 'the broker cannot be started again; trying once more');
      setTimeout(() => void restart(), 10 * RESTART_DELAY_MS);
    }
  };
  return {
    get url() {
      return current.url;
    },
    get credentials() {
      return current.credentials;
    },
    get access() {
      return { credentials: current.credentials };
    },
    version: binary.version,
    async restart() {
      await current.stop();
      await restart();
    },
    async stop() {
      stopping = true;
      await current.stop();
    },
  };
}
