import type { Bus } from '../connection/bus.js';
import { CONTRACT_RECORD, readContractKey } from '../records/contract-bucket.js';
import { openBucket } from '../records/open-bucket.js';
import { unlessMissing } from './api-errors.js';
import { consumerBacklog, type ConsumerBacklog } from './consumer-backlog.js';
import { consumerSpec, type ConsumerScope, type ConsumerSpec } from './consumers.js';
import { ensureConsumer } from './ensure-consumer.js';
import { toPartitions } from './partitions.js';

/** How many writers share the projects. It is kept where every program of a deployment may read. */
const KEY = 'writers';

/** Into how many partitions a broker's deployment divides the projects for its writers: 1 to 64. */
export async function readWriterPartitions(bus: Bus): Promise<number> {
  return (await readContractKey(bus, KEY)) ?? 1;
}

/**
 * Creates the consumers of so many writers, and deletes those of another number. The new ones begin where
 * the old ones had settled everything, so that some messages are handled once more and none is left out.
 * Writers of the old ones end, and find the new ones when they are started again.
 * @param count 1 to 64
 */
export async function ensureWriterConsumers(
  bus: Bus,
  count: number,
  scope: Pick<ConsumerScope, 'ackWaitMs'>,
): Promise<void> {
  const before = await readWriterPartitions(bus);
  const old = before === count ? [] : toSpecs(before, scope);
  const startSequence = await readFirstUnsettled(bus, old);
  for (const spec of toSpecs(count, scope)) await ensureConsumer(bus, { ...spec, startSequence });
  for (const { stream, durable } of old) {
    await unlessMissing(bus.manager.consumers.delete(stream, durable));
  }
  // Last, so that after an interruption the old ones are still known.
  if (before !== count) await (await openBucket(bus, CONTRACT_RECORD)).put(KEY, String(count));
}

function toSpecs(count: number, scope: Pick<ConsumerScope, 'ackWaitMs'>): ConsumerSpec[] {
  return toPartitions(count).map((partition) => consumerSpec('writer', { ...scope, partition }));
}

/** The first message that not all consumers have settled; undefined where one of them is missing. */
async function readFirstUnsettled(
  bus: Bus,
  specs: readonly ConsumerSpec[],
): Promise<number | undefined> {
  const sequences: number[] = [];
  for (const { stream, durable } of specs) {
    const info = await unlessMissing(bus.manager.consumers.info(stream, durable));
    if (info === undefined) return undefined;
    sequences.push(info.ack_floor.stream_seq + 1);
  }
  return sequences.length === 0 ? undefined : Math.min(...sequences);
}

/** The consumers that hand a service the work of all runs: one, or one for each partition. */
export async function findSharedConsumers(
  bus: Bus,
  name: 'embedder' | 'predictor' | 'writer',
): Promise<ConsumerSpec[]> {
  return name === 'writer' ? toSpecs(await readWriterPartitions(bus), {}) : [consumerSpec(name)];
}

/** What they have still to do: of several, each gets every message, so the one that is furthest behind counts. */
export async function sharedBacklog(
  bus: Bus,
  name: 'embedder' | 'predictor' | 'writer',
): Promise<ConsumerBacklog> {
  const refs = await findSharedConsumers(bus, name);
  const backlogs = await Promise.all(refs.map((ref) => consumerBacklog(bus, ref)));
  const most = (read: (backlog: ConsumerBacklog) => number) => Math.max(...backlogs.map(read));
  return {
    pending: most(({ pending }) => pending),
    ackPending: most(({ ackPending }) => ackPending),
    redelivered: most(({ redelivered }) => redelivered),
  };
}
