import { setTimeout as delay } from 'node:timers/promises';
import {
  bytesRequest,
  bytesSubject,
  PermanentError,
  type BytesAnswer,
  type ImageSource,
  type RunId,
} from '@cullstream/contracts';
import { JetStreamApiError } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/nats-core';
import { Mutex, Semaphore } from 'async-mutex';
import type { Bus } from '../connection/bus.js';
import { toError } from '../to-error.js';
import { ASK_TIMEOUT_MS } from './fetch-image-bytes.js';
import { deleteBytes, freeBytes, openBytesBucket, storeBytes } from './bytes-bucket.js';

/** Images in hand at the same time: read, or waiting for room in the bucket. */
const MAX_IN_HAND = 4;
const LOOK_FOR_ROOM_EVERY_MS = 100;
/** What the server keeps beside an object's bytes, generously. */
const OVERHEAD_BYTES = 8 * 1024;
/** An answer needs this long to arrive before the embedder stops waiting. */
const ANSWER_WITHIN_MS = ASK_TIMEOUT_MS - 2_000;
const BUCKET_FULL = 10_077;

export interface ImageBytesServer {
  /** Answers nothing new, and lets what is in hand end. */
  stop(): Promise<void>;
}

export interface ServeImageBytesOptions {
  /** One run, or all when absent. */
  readonly run?: RunId | undefined;
  /** @throws {PermanentError} when the image is to be given up */
  read(source: ImageSource): Promise<Uint8Array>;
}

/**
 * Answers embedders that have no originals: puts the bytes they ask for into the bucket. While that is
 * full it waits, so whoever asks waits too, and reads no further image.
 */
export async function serveImageBytes(
  bus: Bus,
  options: ServeImageBytesOptions,
): Promise<ImageBytesServer> {
  const bucket = await openBytesBucket(bus);
  const hands = new Semaphore(MAX_IN_HAND);
  const putting = new Mutex();
  const inHand = new Set<Promise<void>>();

  async function answer(message: Msg, untilMs: number): Promise<void> {
    await hands.acquire();
    try {
      // The embedder has asked again meanwhile.
      if (performance.now() < untilMs)
        await respond(message, await lend(message, untilMs), untilMs);
    } catch (error) {
      bus.log.warn({ err: error }, 'a request for bytes was not answered: it will come again');
    } finally {
      hands.release();
    }
  }

  async function lend(message: Msg, untilMs: number): Promise<BytesAnswer> {
    try {
      const { source } = bytesRequest.parse(message.json());
      if (source === null) return { outcome: 'ready' };
      return await put(await options.read(source), untilMs);
    } catch (thrown) {
      if (thrown instanceof PermanentError) {
        return { outcome: 'failed', reason: thrown.reason, message: thrown.message };
      }
      return { outcome: 'busy', message: toError(thrown).message };
    }
  }

  /** One object at a time: in a nearly full bucket several incomplete ones would block each other. */
  async function put(bytes: Uint8Array, untilMs: number): Promise<BytesAnswer> {
    await putting.acquire();
    try {
      while (performance.now() < untilMs) {
        const { free, most } = await freeBytes(bus);
        const needed = bytes.length + OVERHEAD_BYTES;
        if (needed > most) throw tooLarge(bytes.length, most);
        const object = free < needed ? undefined : await tryPut(bytes);
        if (object !== undefined) return { outcome: 'lent', object };
        await delay(LOOK_FOR_ROOM_EVERY_MS);
      }
      return { outcome: 'busy', message: 'the bucket of bytes is full' };
    } finally {
      putting.release();
    }
  }

  /** Undefined where others have filled the bucket since it was looked at. */
  async function tryPut(bytes: Uint8Array): Promise<string | undefined> {
    try {
      return await storeBytes(bus, bucket, bytes);
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === BUCKET_FULL) return undefined;
      throw error;
    }
  }

  async function respond(message: Msg, given: BytesAnswer, untilMs: number): Promise<void> {
    if (performance.now() < untilMs) message.respond(JSON.stringify(given));
    else if (given.outcome === 'lent') await deleteBytes(bus, bucket, given.object);
  }

  const subscription = bus.connection.subscribe(bytesSubject(options.run), {
    queue: 'lenders',
    callback: (_error, message) => {
      const work = answer(message, performance.now() + ANSWER_WITHIN_MS).finally(() =>
        inHand.delete(work),
      );
      inHand.add(work);
    },
  });
  await bus.connection.flush();
  return {
    async stop() {
      subscription.unsubscribe();
      await Promise.all(inHand);
    },
  };
}

function tooLarge(sizeBytes: number, mostBytes: number): PermanentError {
  return new PermanentError(
    'image-too-large',
    `the image has ${sizeBytes} bytes, more than the bucket of ${mostBytes} holds; ` +
      'embed it on a host that has the originals',
  );
}
