import type { KV } from '@nats-io/kv';
import type { Bus } from '../connection/bus.js';
import { openBucket } from '../records/open-bucket.js';
import type { ConsumerRef } from '../topology/consumers.js';

/** The bucket of attempts, by stream, consumer and sequence. */
export const UNFINISHED_ATTEMPTS = 'cull_attempts';

/**
 * How often a message was handled alone without the process living to see the end. Only messages
 * that were delivered suspiciously often are written down.
 *
 * The server's delivery count cannot tell: it also grows when a replica stops and hands back what
 * it had fetched, when a passing failure is retried, and when a neighbour in the batch ended the
 * process. Judging by it would bury innocent messages.
 */
export interface UnfinishedAttempts {
  count(consumer: ConsumerRef, sequence: number): Promise<number>;
  record(consumer: ConsumerRef, sequence: number, attempts: number): Promise<void>;
  clear(consumer: ConsumerRef, sequence: number): Promise<void>;
  /** Forgets everything about a consumer. */
  forget(consumer: ConsumerRef): Promise<void>;
}

export async function openUnfinishedAttempts(
  bus: Pick<Bus, 'connection' | 'manager'>,
): Promise<UnfinishedAttempts> {
  const bucket = await openBucket(bus, UNFINISHED_ATTEMPTS);
  return {
    async count(consumer, sequence) {
      const entry = await bucket.get(keyOf(consumer, sequence));
      return entry?.operation === 'PUT' ? Number(entry.string()) : 0;
    },
    async record(consumer, sequence, attempts) {
      await bucket.put(keyOf(consumer, sequence), String(attempts));
    },
    clear: (consumer, sequence) => bucket.purge(keyOf(consumer, sequence)),
    forget: (consumer) => forget(bucket, consumer),
  };
}

async function forget(bucket: KV, consumer: ConsumerRef): Promise<void> {
  const keys: string[] = [];
  for await (const key of await bucket.keys(`${prefixOf(consumer)}.*`)) keys.push(key);
  for (const key of keys) await bucket.purge(key);
}

function keyOf(consumer: ConsumerRef, sequence: number): string {
  return `${prefixOf(consumer)}.${sequence}`;
}

function prefixOf({ stream, durable }: ConsumerRef): string {
  return `${stream}.${durable}`;
}
