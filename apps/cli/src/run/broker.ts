import { join } from 'node:path';
import {
  findNatsServer,
  inboxPrefixOf,
  readSeedFile,
  type BusAccess,
  type BusCredentials,
  type BusUser,
} from '@cullstream/bus';
import type { Logger } from '@cullstream/runtime';
import { keepBrokerAlive, type FormerAddress } from './keep-broker-alive.js';
import type { Surroundings } from '../settings/read-settings.js';
import { programFolder } from './data-lock.js';

/** A broker to work with: somebody else's, or one of our own that ends with this process. */
export interface Broker {
  readonly url: string;
  readonly credentials: BusCredentials | undefined;
  /** All it takes to get in. */
  readonly access: BusAccess;
  readonly version: string | undefined;
  /** Rejects when it cannot be kept alive, or what it held is lost; never resolves. */
  readonly failed: Promise<never>;
  /** Ends it and starts it again at the same address; nothing where it is somebody else's. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

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

/**
 * The broker at `url`, or an embedded one with its store below the data folder.
 * @param again where an embedded one was before
 */
export async function openBroker(
  settings: BrokerSettings,
  surroundings: Surroundings,
  log: Logger,
  again?: FormerAddress,
): Promise<Broker> {
  const url = settings.nats ?? surroundings.environment['NATS_URL'];
  if (url !== undefined) {
    const access = await toAccess(settings);
    const nothing = () => Promise.resolve();
    const failed = new Promise<never>(() => undefined);
    const own = { failed, restart: nothing, stop: nothing };
    return { url, credentials: undefined, access, version: undefined, ...own };
  }
  const binary = await findBinary(settings.cache, surroundings, log);
  const storeDir = join(settings.data, programFolder, 'broker');
  return keepBrokerAlive({ storeDir, binary, log, before: again });
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
