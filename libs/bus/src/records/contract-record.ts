import { ConfigurationError } from '@cullstream/contracts';
import type { Bus } from '../connection/bus.js';
import { unlessMissing } from '../topology/api-errors.js';
import { findSharedConsumers } from '../topology/writer-consumers.js';
import { CONTRACT_RECORD, readContractKey } from './contract-bucket.js';
import { openBucket } from './open-bucket.js';

/**
 * What this program publishes: events of version 1, in bundles of layout 2, which programs of contract 1 cannot
 * open. What those published is read as well.
 */
export const CONTRACT_VERSION = 2;

/** Which contract the events of a broker follow. */
const KEY = 'events';

/** Version of the contract that a broker's events follow; undefined where nobody has set it up. */
export function readContract(bus: Bus): Promise<number | undefined> {
  return readContractKey(bus, KEY);
}

/**
 * Refuses to work beside programs that publish or expect events of another contract: what one of
 * them writes the others would give up as malformed.
 * @param what the program, for the message
 * @throws {ConfigurationError} naming both versions, the broker and the way out
 */
export async function assertSameContract(bus: Bus, what: string): Promise<void> {
  const found = await readContract(bus);
  if (found === undefined || found === CONTRACT_VERSION) return;
  throw new ConfigurationError([
    `the broker at ${bus.connection.getServer()} carries events of contract ${found}, this ${what} ` +
      `speaks contract ${CONTRACT_VERSION}: ` +
      (found > CONTRACT_VERSION
        ? 'update it to the version of the programs that work there'
        : 'finish the runs that are under way with the earlier version, end its services, and then ' +
          'set the broker up with this one (`cullstream provision`, or the next `cullstream run`)'),
  ]);
}

/**
 * Writes down the contract of this program, where the broker has none or an earlier one that nobody
 * uses any more.
 * @param unfinished runs that programs of an earlier contract may be at work on
 * @throws {ConfigurationError} while programs of an earlier contract are at work, or where the
 *   broker's is a later one
 */
export async function ensureContract(bus: Bus, unfinished: readonly string[]): Promise<void> {
  const found = await readContract(bus);
  if (found === CONTRACT_VERSION) return;
  const isInUse = found !== undefined && (unfinished.length > 0 || (await hasServices(bus)));
  if (found !== undefined && (found > CONTRACT_VERSION || isInUse)) {
    await assertSameContract(bus, 'cullstream');
  }
  const bucket = await openBucket(bus, CONTRACT_RECORD);
  await bucket.put(KEY, String(CONTRACT_VERSION));
}

/** Whether deployed services wait for messages at this moment. */
async function hasServices(bus: Bus): Promise<boolean> {
  for (const name of ['embedder', 'predictor', 'writer'] as const) {
    for (const { stream, durable } of await findSharedConsumers(bus, name)) {
      const info = await unlessMissing(bus.manager.consumers.info(stream, durable));
      if ((info?.num_waiting ?? 0) > 0) return true;
    }
  }
  return false;
}
