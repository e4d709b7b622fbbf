import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Preprocessing } from '@cullstream/contracts';
import { configureSharp, preprocess, type PreprocessedImage } from '@cullstream/imaging';
import { Semaphore } from 'async-mutex';
import type { EmbedRequest, Timing } from '../engine-protocol.js';
import type { DecodeClock } from './decode-clock.js';

export interface Decoded extends PreprocessedImage {
  readonly timings: readonly Timing[];
}

/** Turns encoded images into the pixels that the model takes. */
export interface Decoder {
  /**
   * The bytes are transferred: the caller must not use them afterwards.
   * @throws {PermanentError} when the image cannot be decoded
   */
  decode(image: EmbedRequest): Promise<Decoded>;
}

/**
 * Decodes in the calling thread. Plain PNGs block it, so they are decoded one by one. Other formats
 * are decoded by sharp, in libuv's threads.
 * @param atOnce images that are decoded at the same time
 */
export function createDecoder(mode: Preprocessing, atOnce: number, clock: DecodeClock): Decoder {
  configureSharp({ threads: 1 });
  const slots = new Semaphore(atOnce);
  return {
    decode: ({ id, bytes, crc32 }) =>
      slots.runExclusive(async () => {
        // Decoding may block the thread, so the other images that have arrived are counted first.
        await nextTurn();
        const timings: Timing[] = [];
        const image = await clock.time(id, () =>
          preprocess(bytes, mode, {
            crc32,
            onStage: (stage, durationMs, size) => timings.push({ stage, durationMs, bytes: size }),
          }),
        );
        return { ...image, timings };
      }),
  };
}
