import { createHash } from 'node:crypto';
import { fdatasyncSync, readSync, statSync, writeSync } from 'node:fs';

/** A database file, byte for byte. */
export interface FileImage {
  /** Of the whole file, hexadecimal. */
  readonly sha256: string;
  /** The bytes at {@link COUNTERS}, hexadecimal, one after the other. */
  readonly counters: string;
}

/**
 * The fields of the header that copying and restoring change although all pages stay the same: file change
 * counter, schema cookie, and both version numbers (https://www.sqlite.org/fileformat.html#the_database_header).
 * Any values are valid.
 */
const COUNTERS = [
  { offset: 24, length: 4 },
  { offset: 40, length: 4 },
  { offset: 92, length: 8 },
] as const;
const PIECE_BYTES = 1 << 20;

/**
 * Reads an open file from its beginning; `counters`, if given, replace its own. The caller must close
 * `file` after everything else: closing any descriptor of a file ends all locks of the process on it.
 */
export function readFileImage(file: number, counters?: string): FileImage {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(PIECE_BYTES);
  let found = '';
  for (let position = 0; ;) {
    const length = readSync(file, piece, 0, PIECE_BYTES, position);
    if (position === 0) {
      if (counters !== undefined) putCounters(piece, counters);
      found = COUNTERS.map((field) =>
        piece.toString('hex', field.offset, field.offset + field.length),
      ).join('');
    }
    if (length === 0) return { sha256: hash.digest('hex'), counters: found };
    hash.update(piece.subarray(0, length));
    position += length;
  }
}

/** Puts the counters into an open file, whose exclusive lock the caller holds. */
export function writeCounters(file: number, counters: string): void {
  let taken = 0;
  const bytes = Buffer.from(counters, 'hex');
  for (const { offset, length } of COUNTERS) {
    writeSync(file, bytes, taken, length, offset);
    taken += length;
  }
  fdatasyncSync(file);
}

/** Whether there may be committed changes in a file beside it, so that it is not the whole database. */
export function hasWriteAheadLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function putCounters(header: Buffer, counters: string): void {
  let taken = 0;
  const bytes = Buffer.from(counters, 'hex');
  for (const { offset, length } of COUNTERS) {
    bytes.copy(header, offset, taken, taken + length);
    taken += length;
  }
}
