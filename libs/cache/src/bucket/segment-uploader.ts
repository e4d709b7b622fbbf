import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { toErrno } from '@cullstream/files';
import { StorageError, type WritableBucket } from '@cullstream/object-storage';
import type { CacheLog } from '../cache-log.js';
import { sizeOfFile } from '../index-file.js';
import { listSegmentLogs, LOG_ENDING, VECTORS_ENDING } from '../packed/segment-names.js';
import { ROW_BYTES } from '../packed/segment-reader.js';
import type { SegmentWriter } from '../packed/segment-writer.js';
import { MOST_SEGMENT_BYTES, type SegmentMirror } from './segment-mirror.js';

/** A segment that grows all the time is put as often as this. */
const PUT_EVERY_MS = 30_000;
/** A segment of another process that has not grown for so long is put: the process may be gone. */
const LEFT_MS = 15_000;
const LINE_FEED = 0x0a;

interface UploaderParts {
  readonly bucket: WritableBucket;
  readonly recipeId: string;
  /** The folder of the recipe's packed vectors in the data folder. */
  readonly folder: string;
  /** Writes the segments of this process. */
  readonly own: SegmentWriter;
  readonly mirror: SegmentMirror;
  readonly log: CacheLog;
}

/**
 * Puts the packed vectors of a data folder into a bucket: each segment under its name, its vectors before its
 * lines. What is there is put again only if it has grown. So nothing is lost by a process that is killed:
 * the next one in the folder puts what is left.
 */
export class SegmentUploader {
  readonly #parts: UploaderParts;
  /** Bytes of lines that are in the bucket, by name. */
  readonly #stored = new Map<string, number>();
  readonly #seen = new Map<string, { readonly bytes: number; readonly putAtMs: number }>();

  /** One at a time: an older state of a segment never takes the place of a newer one. */
  #last: Promise<void> = Promise.resolve();

  constructor(parts: UploaderParts) {
    this.#parts = parts;
  }

  /**
   * Puts what is due, one call after the other.
   * @param isLast puts all that is not there
   * @throws {StorageError | Error} where the bucket cannot be written now
   */
  upload(isLast = false): Promise<void> {
    const uploading = this.#last.then(() => this.#upload(isLast));
    this.#last = uploading.catch(() => undefined);
    return uploading;
  }

  async #upload(isLast: boolean): Promise<void> {
    const { folder } = this.#parts;
    for (const log of listSegmentLogs(folder)) {
      const name = basename(log);
      const bytes = sizeOfFile(log);
      if ((this.#stored.get(name) ?? 0) >= bytes || !this.#isDue(log, bytes, isLast)) continue;
      if (!(await this.#isThere(log, bytes))) await this.#put(log);
      this.#stored.set(name, bytes);
      this.#seen.set(name, { bytes, putAtMs: performance.now() });
    }
  }

  #isDue(log: string, bytes: number, isLast: boolean): boolean {
    if (isLast) return true;
    const { own } = this.#parts;
    if (!own.isOwn(log)) return Date.now() - modifiedMs(log) > LEFT_MS;
    const name = basename(log);
    const nowMs = performance.now();
    const { bytes: before, putAtMs } = this.#seen.get(name) ?? { bytes: 0, putAtMs: nowMs };
    this.#seen.set(name, { bytes, putAtMs });
    return bytes === before || log !== own.logFile || nowMs - putAtMs > PUT_EVERY_MS;
  }

  /** Whether the bucket has as much of a segment of another process, which puts it as well. */
  async #isThere(log: string, bytes: number): Promise<boolean> {
    const { bucket, recipeId, own, mirror } = this.#parts;
    if (own.isOwn(log)) return false;
    const name = basename(log);
    if ((mirror.objectOf(name)?.size ?? 0) >= bytes) return true;
    try {
      return (await bucket.head(`${recipeId}/${name}`)).size >= bytes;
    } catch (error) {
      if (error instanceof StorageError && error.code === 'ENOENT') return false;
      throw error;
    }
  }

  async #put(log: string): Promise<void> {
    const { bucket, recipeId } = this.#parts;
    const path = log.slice(0, -LOG_ENDING.length) + VECTORS_ENDING;
    const bytes = sizeOfFile(path) + sizeOfFile(log);
    if (bytes > MOST_SEGMENT_BYTES) {
      this.#parts.log.warn(
        { file: path, bytes },
        'a file of packed vectors of before is too large for the bucket: it is used here only',
      );
      return;
    }
    // First, so that its rows are among the vectors.
    const lines = readFileSync(log);
    const rows = readRows(path);
    const key = `${recipeId}/${basename(log, LOG_ENDING)}`;
    if (rows !== undefined) await bucket.put(key + VECTORS_ENDING, rows);
    await bucket.put(key + LOG_ENDING, lines.subarray(0, lines.lastIndexOf(LINE_FEED) + 1));
  }
}

/** Whole rows; undefined without a file, as where all lines name vectors of other segments. */
function readRows(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    return bytes.subarray(0, bytes.byteLength - (bytes.byteLength % ROW_BYTES));
  } catch (cause) {
    if (toErrno(cause) === 'ENOENT') return undefined;
    throw cause;
  }
}

function modifiedMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
