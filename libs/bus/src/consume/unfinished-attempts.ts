import { toSubjectToken, type RunId } from '@cullstream/contracts';
import type { KV } from '@nats-io/kv';
import type { Bus } from '../connection/bus.js';
import { eraseKeys } from '../records/erase-keys.js';
import { openBucket } from '../records/open-bucket.js';
import type { ConsumerRef } from '../topology/consumers.js';
import { streams } from '../topology/streams.js';
import type { Delivery } from './delivery.js';

/** The bucket of attempts, by stream, consumer, sequence and place in the message. */
export const UNFINISHED_ATTEMPTS = 'cull_attempts';

/** Where an event stands in its stream. */
export type EventPlace = Pick<Delivery, 'streamSequence' | 'part'>;
/** A project of a run, for a service that takes its work from the run's record. */
export interface ProjectPlace {
  readonly run: RunId;
  readonly project: string;
}
/** Who fills the first stream. It has no consumer: what it keeps is kept by run. */
export const extractorRef: ConsumerRef = { stream: streams.images.name, durable: 'extractor' };

/**
 * How often an event was handled alone without the process living to see the end. Only messages
 * that were delivered suspiciously often are written down.
 *
 * The server's delivery count cannot tell: it also grows when a replica stops and hands back what
 * it had fetched, when a passing failure is retried, and when a neighbour in the batch ended the
 * process. By that count, sound messages would become dead letters.
 */
export interface UnfinishedAttempts {
  count(worker: ConsumerRef, place: EventPlace | ProjectPlace): Promise<number>;
  record(worker: ConsumerRef, place: EventPlace | ProjectPlace, attempts: number): Promise<void>;
  clear(worker: ConsumerRef, place: EventPlace | ProjectPlace): Promise<void>;
  /** Forgets everything about a worker, or what it did for a run. */
  forget(worker: ConsumerRef, run?: RunId): Promise<void>;
}

export async function openUnfinishedAttempts(
  bus: Pick<Bus, 'connection' | 'manager'>,
): Promise<UnfinishedAttempts> {
  const bucket = await openBucket(bus, UNFINISHED_ATTEMPTS);
  return {
    async count(worker, place) {
      const entry = await bucket.get(toKey(worker, place));
      return entry?.operation === 'PUT' ? Number(entry.string()) : 0;
    },
    async record(worker, place, attempts) {
      await bucket.put(toKey(worker, place), String(attempts));
    },
    clear: (worker, place) => bucket.purge(toKey(worker, place)),
    forget: (worker, run) => forget(bus, bucket, worker, run),
  };
}

async function forget(
  bus: Pick<Bus, 'manager'>,
  bucket: KV,
  worker: ConsumerRef,
  run?: RunId,
): Promise<void> {
  const prefix = toPrefix(worker);
  if (run === undefined) {
    await eraseKeys(bus, UNFINISHED_ATTEMPTS, `${prefix}.>`);
    return;
  }
  for await (const key of await bucket.history({ key: `${prefix}.*` })) {
    if (key.key.startsWith(`${prefix}.${toSubjectToken(run)}_`)) {
      await eraseKeys(bus, UNFINISHED_ATTEMPTS, key.key);
    }
  }
}

function toKey(worker: ConsumerRef, place: EventPlace | ProjectPlace): string {
  const token =
    'project' in place
      ? `${toSubjectToken(place.run)}_${toSubjectToken(place.project)}`
      : `${place.streamSequence}-${place.part}`;
  return `${toPrefix(worker)}.${token}`;
}

function toPrefix({ stream, durable }: ConsumerRef): string {
  return `${stream}.${durable}`;
}
