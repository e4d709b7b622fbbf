import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PermanentError, TransientError, type ImageSource } from '@cullstream/contracts';
import type { PictureSize } from '@cullstream/contracts/web';
import { errorMessage, isHungCall } from '@cullstream/files';
import {
  configureSharp,
  createSourceReader,
  imageFormat,
  refuseLinkOutside,
  toThumbnail,
  type NamedSource,
} from '@cullstream/imaging';
import { Mutex } from 'async-mutex';
import { openThumbnailCache } from './thumbnail-cache.js';

export interface Picture {
  readonly contentType: string;
  readonly bytes: Buffer;
  /** Changes whenever the picture changes. */
  readonly etag: string;
}

export interface PicturesOptions {
  readonly originalsDir: string;
  /** The cache folder. */
  readonly cacheDir: string;
  /** Limit of all thumbnails in the cache folder together. */
  readonly maxCacheBytes: number;
  /**
   * Share of one processor core, in (0, 1], for making thumbnails. It is read before each
   * thumbnail.
   */
  readonly share: () => number;
}

export interface Pictures {
  /**
   * Makes a picture of an original from its source.
   * @throws {PermanentError} when it cannot be read, or a link in its path leads out of the
   * originals
   * @throws {TransientError} when its drive does not respond
   * @throws {DOMException} `AbortError` when the signal is aborted
   */
  read(image: NamedSource, size: PictureSize, signal: AbortSignal): Promise<Picture>;
  close(): Promise<void>;
}

/** Longest pause between two thumbnails, so that a large one does not block the page. */
const MOST_WAITED_MS = 2_000;

/** Largest original of which a picture is made, since it is held in memory. */
const MOST_ORIGINAL_BYTES = 128 * 1024 * 1024;
/**
 * Limit of reads that never return. Each blocks one of the few threads of the process for file
 * access.
 */
const MOST_HUNG = 2;

/**
 * Makes one picture at a time, with pauses, so that a run on the same machine is not slowed down.
 */
export function createPictures(options: PicturesOptions): Pictures {
  const { originalsDir, cacheDir, maxCacheBytes, share } = options;
  const reader = createSourceReader({ originalsDir, maxBytes: MOST_ORIGINAL_BYTES });
  const cache = openThumbnailCache(join(cacheDir, 'thumbnails'), maxCacheBytes);
  const oneAtATime = new Mutex();
  let mayStartMs = 0;
  let hung = 0;
  configureSharp({ threads: 1 });

  const readSource = async (image: NamedSource): Promise<Buffer> => {
    if (hung >= MOST_HUNG) {
      throw new TransientError(
        `${originalsDir}: its drive does not answer; there are no more pictures until this program is started again`,
      );
    }
    try {
      await refuseLinkOutside(originalsDir, image);
      return await reader.read(image.source);
    } catch (cause) {
      if (!isHungCall(cause)) throw cause;
      hung++;
      throw new TransientError(errorMessage(cause), { cause });
    }
  };
  const make = (image: NamedSource, sidePx: number, signal: AbortSignal) =>
    oneAtATime.runExclusive(async () => {
      signal.throwIfAborted();
      const waitMs = mayStartMs - performance.now();
      if (waitMs > 0) await delay(waitMs, undefined, { signal });
      const startedMs = performance.now();
      try {
        return await toThumbnail(await readSource(image), sidePx);
      } finally {
        const tookMs = performance.now() - startedMs;
        const pauseMs = tookMs * (1 / share() - 1);
        mayStartMs = performance.now() + Math.min(pauseMs, MOST_WAITED_MS);
      }
    });

  return {
    async read(image, size, signal) {
      const key = toKey(image.source, size);
      const etag = `"${key}"`;
      if (size === 'full') {
        const bytes = await oneAtATime.runExclusive(() => {
          signal.throwIfAborted();
          return readSource(image);
        });
        return { contentType: toContentType(bytes), bytes, etag };
      }
      const known = await cache.read(key);
      if (known !== undefined) return { contentType: 'image/jpeg', bytes: known, etag };
      const bytes = await make(image, Number(size), signal);
      await cache.write(key, bytes);
      return { contentType: 'image/jpeg', bytes, etag };
    },
    close: () => reader.close(),
  };
}

/** Depends on the path, the size and the checksum of the source, and on the size of the picture. */
function toKey(source: ImageSource, size: PictureSize): string {
  return createHash('sha256')
    .update(JSON.stringify([size, source]))
    .digest('hex')
    .slice(0, 40);
}

/** @throws {PermanentError} for a file that has the name of an image but is none */
function toContentType(bytes: Buffer): string {
  const format = imageFormat(bytes);
  if (format === undefined) throw new PermanentError('not-an-image', 'the file is no image');
  return `image/${format}`;
}
