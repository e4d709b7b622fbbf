import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openRegularFileSync, toErrno } from '@cullstream/files';
import { encodeNpy, NPY_HEADER_BYTES } from '../npy.js';
import { toStorageFault } from '../storage-fault.js';
import { ROW_BYTES } from './segment-reader.js';
import { LOG_ENDING, VECTORS_ENDING } from './segment-names.js';

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT']);

/**
 * The segment of this process: a file of vectors and a file of lines, which no other process writes. It
 * is made with its first vector. Nothing is kept open, so that a folder that is gone is noticed.
 */
export class SegmentWriter {
  readonly #folder: string;
  /** Path without ending. */
  #segment: string;
  #rows = 0;
  #lines = 0;
  readonly #mostLines: number;
  readonly #logFiles = new Set<string>();

  /**
   * @param folder that of the recipe's packed vectors; it is made where it is missing
   * @param mostLines so many images are in one segment; without it, all
   */
  constructor(folder: string, mostLines = Infinity) {
    this.#folder = folder;
    this.#mostLines = mostLines;
    this.#segment = toNewSegment(folder);
  }

  get logFile(): string {
    const path = this.#segment + LOG_ENDING;
    this.#logFiles.add(path);
    return path;
  }

  /** Whether a file of lines is one of this process. */
  isOwn(logFile: string): boolean {
    return this.#logFiles.has(logFile);
  }

  /** Writes what is appended from now on to other files. */
  startAnew(): void {
    this.#segment = toNewSegment(this.#folder);
    this.#rows = 0;
    this.#lines = 0;
  }

  /** To be called before what belongs to a line is written: the segment may be full. */
  startLine(): void {
    if (this.#lines >= this.#mostLines) this.startAnew();
    this.#lines += 1;
  }

  /**
   * @returns the path of the file, and the row the vector is in
   * @throws {TransientError} saying what to do about the disk
   */
  append(vector: Float32Array): { readonly path: string; readonly row: number } {
    const path = this.#segment + VECTORS_ENDING;
    try {
      const file = this.#rows === 0 ? this.#make(path) : openRegularFileSync(path, 'r+');
      try {
        const bytes = encodeNpy(vector).subarray(NPY_HEADER_BYTES);
        const written = writeSync(file, bytes, 0, ROW_BYTES, this.#rows * ROW_BYTES);
        if (written < ROW_BYTES) {
          const problem = new Error(`${written} of ${ROW_BYTES} bytes were written`);
          throw Object.assign(problem, { code: 'ENOSPC' });
        }
      } finally {
        closeSync(file);
      }
    } catch (cause) {
      if (this.#rows > 0 && toErrno(cause) === 'ENOENT') {
        // Another folder has taken the place of the one this segment was in.
        this.startAnew();
        return this.append(vector);
      }
      // If there was no room, the next attempt writes over what is there of the row.
      if (this.#rows === 0 || !DISK_FULL.has(toErrno(cause) ?? '')) this.startAnew();
      throw toStorageFault('cannot store the vector in', path, cause);
    }
    return { path, row: this.#rows++ };
  }

  #make(path: string): number {
    try {
      return openSync(path, 'wx');
    } catch (cause) {
      if (toErrno(cause) === 'EEXIST') return openRegularFileSync(path, 'r+');
      if (toErrno(cause) !== 'ENOENT') throw cause;
    }
    // Only these two folders: if those above are missing, the disk is unplugged.
    for (const folder of [dirname(this.#folder), this.#folder]) {
      try {
        mkdirSync(folder);
      } catch (cause) {
        if (toErrno(cause) !== 'EEXIST') throw cause;
      }
    }
    return openSync(path, 'wx');
  }
}

/** Names sort by time. Two processes never get the same. */
function toNewSegment(folder: string): string {
  const time = new Date().toISOString().replaceAll(/[-:.]/g, '');
  return join(folder, `${time}-${process.pid}-${randomBytes(4).toString('hex')}`);
}
