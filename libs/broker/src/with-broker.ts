import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Bus } from '@cullstream/bus';
import { lockData, programFolder, tryLockData, type Logger } from '@cullstream/runtime';
import { openBroker } from './open-broker.js';
import { type Broker } from './broker.js';
import type { BrokerTarget } from './broker-target.js';
import { readBrokerFile } from './broker-file.js';
import { connectBroker, type ConnectBrokerOptions } from './connect-broker.js';

/** The data folder to work in, by one command at a time. */
export type LockedFolder = Parameters<typeof lockData>[0];

/** What is needed to work with a broker and to report to the user. */
export interface BrokerContext {
  readonly target: BrokerTarget;
  readonly log: Logger;
  readonly note: (line: string) => void;
}

/**
 * Whether there are streams to read: in an external broker, or in one that has worked in the
 * folder.
 */
export function hasBroker({ target }: Pick<BrokerContext, 'target'>): boolean {
  if (target.kind === 'external') return true;
  return existsSync(join(target.dataDir, programFolder, 'broker'));
}

/** Whether others run the broker. */
export function isExternal({ target }: Pick<BrokerContext, 'target'>): boolean {
  return target.kind === 'external';
}

/**
 * Calls `work` with a connection to the broker of a data folder. The broker is started under the
 * data lock and stopped afterwards. A broker that others run is used as it is, without the lock.
 * @throws {ConfigurationError} when another cullstream works in the folder
 */
export async function withBroker<T>(
  place: LockedFolder,
  context: BrokerContext,
  work: (bus: Bus, broker: Broker) => Promise<T>,
): Promise<T> {
  if (isExternal(context)) return withLockedBroker(context, work);
  const lock = await lockData(place);
  try {
    return await withLockedBroker(context, work);
  } finally {
    await lock.release();
  }
}

/** As {@link withBroker}, for a caller that has the data lock. */
export async function withLockedBroker<T>(
  context: BrokerContext,
  work: (bus: Bus, broker: Broker) => Promise<T>,
): Promise<T> {
  const broker = await openBroker(context.target, context.log);
  try {
    return await connected(broker, context, (bus) => work(bus, broker));
  } finally {
    await broker.stop();
  }
}

export interface ReachedBroker {
  /** No other process works in the data folder. */
  readonly isOurs: boolean;
}

/**
 * As {@link withBroker}, for work that takes seconds and is allowed at any time: while another
 * cullstream works in the folder, its broker is used.
 * @param timeoutMs how long to wait for that broker: ten seconds by default
 */
export async function reachBroker<T>(
  place: LockedFolder,
  context: BrokerContext,
  work: (bus: Bus, reached: ReachedBroker) => Promise<T>,
  timeoutMs?: number,
): Promise<T> {
  const lock = await tryLockData(place, { isBrief: true });
  if (lock !== undefined) {
    try {
      return await withLockedBroker(context, (bus) => work(bus, { isOurs: true }));
    } finally {
      await lock.release();
    }
  }
  const other = (bus: Bus) => work(bus, { isOurs: false });
  if (isExternal(context)) return withLockedBroker(context, other);
  const working =
    (await readBrokerFile(place.data, 'run')) ?? (await readBrokerFile(place.data, 'replay'));
  if (working === undefined) return withBroker(place, context, other);
  const { url, user, password } = working;
  const credentials = user === undefined || password === undefined ? undefined : { user, password };
  const of = { run: working.run, dataDir: place.data };
  return connected({ url, access: { credentials } }, context, other, { timeoutMs, of });
}

async function connected<T>(
  broker: Pick<Broker, 'url' | 'access'>,
  { log, note }: BrokerContext,
  work: (bus: Bus) => Promise<T>,
  options: Pick<ConnectBrokerOptions, 'timeoutMs' | 'of'> = {},
): Promise<T> {
  const bus = await connectBroker(broker, { name: 'cli', log, note, ...options });
  try {
    return await work(bus);
  } finally {
    await bus.close();
  }
}
