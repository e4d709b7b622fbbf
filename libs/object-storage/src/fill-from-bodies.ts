import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { withinTime } from '@cullstream/files';
import { StorageError } from './storage-error.js';
import { toStorageError } from './to-storage-error.js';

/** Called after each piece with the number of bytes that are in the target. */
export type OnFilled = (filled: number) => void;

export interface FillOptions {
  /** Requests the bytes from one in the target on. */
  readonly request: (from: number) => Promise<Readable>;
  readonly onFilled?: OnFilled | undefined;
  /** Time without any byte after which the body is given up. */
  readonly answerWithinMs: number;
}

/** Connections in a row that may break without a single byte. */
const MOST_BREAKS = 4;
const BREAK_DELAY_MS = 200;

/**
 * Fills `target` from the body of an answer, and where its connection breaks from those of further requests.
 * @throws {StorageError}
 */
export async function fillFromBodies(target: Buffer, options: FillOptions): Promise<void> {
  let filled = 0;
  for (let breaks = 0; filled < target.length;) {
    const part = await drain(await options.request(filled), target, filled, options);
    breaks = part.filled > filled ? 0 : breaks + 1;
    filled = part.filled;
    if (filled === target.length) return;
    if (part.error?.code === 'ETIMEDOUT') throw part.error;
    if (breaks >= MOST_BREAKS) {
      throw part.error ?? new StorageError('EREMOTEIO', 'gives fewer bytes than it has');
    }
    await delay(BREAK_DELAY_MS * breaks);
  }
}

async function drain(
  body: Readable,
  target: Buffer,
  from: number,
  { onFilled, answerWithinMs }: FillOptions,
): Promise<{ filled: number; error?: StorageError }> {
  let filled = from;
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const next = () => withinTime(chunks.next(), 'body', answerWithinMs);
  try {
    for (let piece = await next(); piece.done !== true; piece = await next()) {
      if (filled === target.length) break;
      filled += piece.value.copy(target, filled);
      onFilled?.(filled);
    }
    return { filled };
  } catch (error) {
    return { filled, error: toStorageError(error) };
  } finally {
    // A body that was read to its end leaves its connection for the next request.
    if (!body.readableEnded) body.destroy();
  }
}
