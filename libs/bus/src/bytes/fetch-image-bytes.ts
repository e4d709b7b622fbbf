import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  bytesAnswer,
  bytesSubject,
  EVENT_VERSION,
  PermanentError,
  TransientError,
  type BytesAnswer,
  type BytesRequest,
  type ImageSource,
  type RunId,
} from '@cullstream/contracts';
import { RequestError, TimeoutError } from '@nats-io/nats-core';
import type { Bus } from '../connection/bus.js';
import { parseJson } from '../parse-json.js';
import { toError } from '../to-error.js';
import { deleteBytes, openBytesBucket, fetchStoredBytes } from './bytes-bucket.js';

/** After this long without an answer it is asked again; nobody answers it any more then. */
export const ASK_TIMEOUT_MS = 20_000;
const ASK_AGAIN_AFTER_MS = 500;

export interface ImageBytesFetcher {
  /**
   * The bytes of an image, by way of the bucket, which holds them no longer than it takes. Waits for
   * as long as nobody answers or the bucket is full.
   * @throws {PermanentError} when reading the image has failed for good where the originals are
   * @throws {TransientError} when the fetcher is closed
   */
  fetch(run: RunId, source: ImageSource): Promise<Buffer>;
}

/** @param signal aborted when the fetcher is closed: it waits for nothing more then */
export async function openImageBytesFetcher(
  bus: Bus,
  signal: AbortSignal,
): Promise<ImageBytesFetcher> {
  // Every image that is waited for listens.
  setMaxListeners(0, signal);
  const bucket = await openBytesBucket(bus);

  async function tryToFetch(run: RunId, source: ImageSource): Promise<Buffer> {
    const answer = await ask(bus, run, { v: EVENT_VERSION, source });
    if (answer.outcome === 'failed') throw new PermanentError(answer.reason, answer.message);
    if (answer.outcome !== 'lent') {
      throw new TransientError(answer.outcome === 'busy' ? answer.message : 'nothing was lent');
    }
    const bytes = await fetchStoredBytes(bus, bucket, answer.object);
    await deleteBytes(bus, bucket, answer.object).catch((error: unknown) => {
      bus.log.debug({ err: error }, 'borrowed bytes stay until they are too old');
    });
    return bytes;
  }

  return {
    async fetch(run, source) {
      for (let attempt = 1; ; attempt++) {
        if (signal.aborted) throw leaving(signal.reason);
        try {
          return await untilAborted(tryToFetch(run, source), signal);
        } catch (thrown) {
          if (thrown instanceof PermanentError) throw thrown;
          const tell = attempt === 1 ? 'warn' : 'debug';
          bus.log[tell]({ run, reason: toError(thrown).message }, 'asking for bytes again');
        }
        await delay(ASK_AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

/** Whether somebody lends the originals of a run. */
export async function areImageBytesServed(bus: Bus, run: RunId): Promise<boolean> {
  try {
    return (await ask(bus, run, { v: EVENT_VERSION, source: null })).outcome === 'ready';
  } catch (error) {
    // Something that lends nothing may listen there.
    if (error instanceof TransientError || error instanceof TimeoutError) return false;
    if (error instanceof RequestError && error.isNoResponders()) return false;
    throw error;
  }
}

async function ask(bus: Bus, run: RunId, request: BytesRequest): Promise<BytesAnswer> {
  const options = { timeout: ASK_TIMEOUT_MS };
  const subject = bytesSubject(run);
  const message = await bus.connection.request(subject, JSON.stringify(request), options);
  const answer = bytesAnswer.safeParse(parseJson(message));
  if (answer.success) return answer.data;
  throw new TransientError(`what answers on ${subject} is no lender`, { cause: answer.error });
}

function leaving(cause: unknown): TransientError {
  return new TransientError('leaving: somebody else embeds the image', { cause, retryAfterMs: 0 });
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(toError(signal.reason));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
