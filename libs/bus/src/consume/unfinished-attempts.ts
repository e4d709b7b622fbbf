import type { KV } from '@nats-io/kv';
import type { Bus } from '../connection/bus.js';
import { openBucket } from '../records/open-bucket.js';
import type { ConsumerRef } from '../topology/consumers.js';
import type { Delivery } from './delivery.js';

/** The bucket of attempts, by stream, consumer, sequence and place in the message. */
export const UNFINISHED_ATTEMPTS = 'cull_attempts';

/** Where an event stands in its stream. */
export type EventPlace = Pick<Delivery, 'streamSequence' | 'part'>;

/**
 * How often an event was handled alone without the process living to see the end. Only messages
 * that were delivered suspiciously often are written down.
 *
 * The server's delivery count cannot tell: it also grows when a replica stops and hands back what
 * it had fetched, when a passing failure is retried, and when a neighbour in the batch ended the
 * process. Judging by it would bury innocent messages.
 */
export interface UnfinishedAttempts {
  count(consumer: ConsumerRef, event: EventPlace): Promise<number>;
  record(consumer: ConsumerRef, event: EventPlace, attempts: number): Promise<void>;
  clear(consumer: ConsumerRef, event: EventPlace): Promise<void>;
  /** Forgets everything about a consumer. */
  forget(consumer: ConsumerRef): Promise<void>;
}

export async function openUnfinishedAttempts(
  bus: Pick<Bus, 'connection' | 'manager'>,
): Promise<UnfinishedAttempts> {
  const bucket = await openBucket(bus, UNFINISHED_ATTEMPTS);
  return {
    async count(consumer, event) {
      const entry = await bucket.get(keyOf(consumer, event));
      return entry?.operation === 'PUT' ? Number(entry.string()) : 0;
    },
    async record(consumer, event, attempts) {
      await bucket.put(keyOf(consumer, event), String(attempts));
    },
    clear: (consumer, event) => bucket.purge(keyOf(consumer, event)),
    forget: (consumer) => forget(bucket, consumer),
  };
}

async function forget(bucket: KV, consumer: ConsumerRef): Promise<void> {
  const keys: string[] = [];
  for await (const key of await bucket.keys(`${prefixOf(consumer)}.*`)) keys.push(key);
  for (const key of keys) await bucket.purge(key);
}

function keyOf(consumer: ConsumerRef, { streamSequence, part }: EventPlace): string {
  return `${prefixOf(consumer)}.${streamSequence}-${part}`;
}

function prefixOf({ stream, durable }: ConsumerRef): string {
  return `${stream}.${durable}`;
}
