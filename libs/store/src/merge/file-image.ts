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
 * What copying and restoring change in the header while every page stays as it is: file change
 * counter, schema cookie, and both version numbers (https://www.sqlite.org/fileformat.html#the_database_header).
 * No value among them makes a database unsound.
 */
const COUNTERS = [
  { offset: 24, length: 4 },
  { offset: 40, length: 4 },
  { offset: 92, length: 8 },
] as const;
const PIECE_BYTES = 1 << 20;

/**
 * Reads an open file from its beginning; `counters` are taken for its own where they are given.
 * The caller closes `file`, and last: closing any descriptor of a file ends every lock that the
 * process holds on it.
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

/** Whether committed changes may wait beside the file, so that its bytes are not all of it. */
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
