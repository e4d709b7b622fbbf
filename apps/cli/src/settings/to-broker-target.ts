import type { BrokerTarget } from '@cullstream/broker';
import type { Surroundings } from './read-settings.js';

/** Settings that select the broker. Commands that use no broker have none of them. */
interface BrokerSettings {
  readonly data?: string;
  readonly cache?: string;
  readonly nats?: string | undefined;
  readonly natsSeedFile?: string | undefined;
  readonly natsCaFile?: string | undefined;
  readonly natsUser?: string | undefined;
  readonly natsPassword?: string | undefined;
}

/**
 * The broker for a command: the external one if an address is given, else its own in the data
 * folder.
 */
export function toBrokerTarget(
  { data = '', cache = '', nats, natsSeedFile, natsCaFile, ...login }: BrokerSettings,
  { environment }: Surroundings,
): BrokerTarget {
  const { NATS_URL, NATS_SERVER_BIN, PATH } = environment;
  const url = nats ?? NATS_URL;
  if (url === undefined) {
    return { kind: 'own', dataDir: data, cacheDir: cache, env: { NATS_SERVER_BIN, PATH } };
  }
  const { natsUser: user, natsPassword: password } = login;
  const credentials = user === undefined || password === undefined ? undefined : { user, password };
  return { kind: 'external', url, credentials, seedFile: natsSeedFile, caFile: natsCaFile };
}
