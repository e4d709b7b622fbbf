import { type Broker } from './broker.js';
import { join } from 'node:path';
import { findNatsServer } from './server-binary/find-nats-server.js';
import { toInboxPrefix, readSeedFile, type BusAccess, type BusUser } from '@cullstream/bus';
import { programFolder, type Logger } from '@cullstream/runtime';
import { keepBrokerAlive, type FormerAddress } from './keep-broker-alive.js';
import type { BrokerTarget, ExternalBroker } from './broker-target.js';

/**
 * How to log in to a broker that others run: as the operator where it knows users by their keys.
 * @throws {ConfigurationError} when the key file is unusable
 */
export async function toAccess(
  { credentials, seedFile, caFile }: Omit<ExternalBroker, 'kind' | 'url'>,
  user: BusUser = 'operator',
): Promise<BusAccess> {
  return {
    credentials,
    caFile,
    inboxPrefix: toInboxPrefix(user),
    ...(seedFile !== undefined && { seed: await readSeedFile(seedFile) }),
  };
}

/**
 * Opens the given broker, or starts an embedded one with its store below the data folder.
 * @param again the address that an embedded broker had before
 */
export async function openBroker(
  target: BrokerTarget,
  log: Logger,
  again?: FormerAddress,
): Promise<Broker> {
  if (target.kind === 'external') {
    const { url, credentials } = target;
    const access = await toAccess(target);
    const nothing = () => Promise.resolve();
    const failed = new Promise<never>(() => undefined);
    const own = { failed, restart: nothing, stop: nothing };
    return { url, credentials, access, version: undefined, ...own };
  }
  const { dataDir, cacheDir, env } = target;
  const platform = { os: process.platform, arch: process.arch };
  const binary = await findNatsServer({ env, cacheDir, log, platform });
  const storeDir = join(dataDir, programFolder, 'broker');
  return keepBrokerAlive({ dataDir, storeDir, binary, log, before: again });
}
