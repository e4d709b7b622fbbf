import { closeSync, fstatSync, mkdirSync, readSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { toErrno, openForAppendingSync, openRegularFileSync } from '@cullstream/files';
import { isSectorFault, toStorageFault } from './storage-fault.js';

const CHUNK_BYTES = 1 << 20;
/** The unit in which disks and file systems read, and which a bad sector makes unreadable. */
const BLOCK_BYTES = 4_096;
const LINE_FEED = 0x0a;
/** Replaces what cannot be read. It appears in no line, since JSON escapes it. */
export const UNREADABLE = '\x1a';
const READING = 'cannot read the cache index';

export interface TextLine {
  readonly text: string;
  /** Where reading goes on: after the line, or at its start while its line feed is missing. */
  readonly nextByte: number;
}

/**
 * Size of the file, 0 without one: a cheap way to find out whether others have appended lines.
 * @throws {TransientError} if the size cannot be read
 */
export function sizeOfFile(path: string): number {
  return attempt(READING, path, () => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
}

/**
 * The lines of a file from a byte on. The last line is returned even without its line feed, and again
 * when reading continues there. Anything longer than 1 MiB is not a line and is skipped. Where a bad
 * sector cannot be read, the line contains {@link UNREADABLE}.
 *
 * @throws {TransientError} if the file exists and nothing of it can be read
 */
export function* readLines(path: string, fromByte = 0): Generator<TextLine> {
  // Up to the present end: lines that others append meanwhile are read the next time.
  const endByte = sizeOfFile(path);
  if (endByte <= fromByte) return;
  const file = attempt(READING, path, () => openRegularFileSync(path));
  try {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, endByte - fromByte));
    for (let position = fromByte; position < endByte;) {
      const wanted = Math.min(chunk.byteLength, endByte - position);
      const got = attempt(READING, path, () => readPiece(file, path, chunk, wanted, position));
      const bytes = chunk.subarray(0, got);
      let start = 0;
      for (let end; (end = bytes.indexOf(LINE_FEED, start)) !== -1; start = end + 1) {
        const nextByte = position + end + 1;
        if (end > start) yield { text: bytes.toString('utf8', start, end), nextByte };
      }
      if (got < wanted || position + got === endByte) {
        if (start < got) {
          yield { text: bytes.toString('utf8', start), nextByte: position + start };
        }
        return;
      }
      position += start === 0 ? got : start;
    }
  } finally {
    closeSync(file);
  }
}

/** Reads a piece of the file; after a read error, block by block. */
function readPiece(
  file: number,
  path: string,
  chunk: Buffer,
  wanted: number,
  position: number,
): number {
  try {
    return readSync(file, chunk, 0, wanted, position);
  } catch (cause) {
    if (!isSectorFault(cause, path)) throw cause;
  }
  let at = 0;
  while (at < wanted) {
    const size = Math.min(BLOCK_BYTES - ((position + at) % BLOCK_BYTES), wanted - at);
    const block = chunk.subarray(at, at + size);
    try {
      const got = readSync(file, block, 0, size, position + at);
      if (got < size) return at + got;
    } catch (cause) {
      if (!isSectorFault(cause, path)) throw cause;
      block.fill(UNREADABLE);
    }
    at += size;
  }
  return wanted;
}

/**
 * Appends one line with a single write in append mode, so that several processes may do so without
 * a lock. If the last line has no line feed, one is added first.
 *
 * @param line with its line feed
 * @throws {TransientError} that says what to do about the disk
 */
export function appendLine(path: string, line: string): void {
  attempt('cannot append to the cache index', path, () => {
    const file = openForAppending(path);
    try {
      const bytes = Buffer.from(endsTorn(file, path) ? `\n${line}` : line, 'utf8');
      const written = writeSync(file, bytes);
      if (written < bytes.byteLength) {
        throw Object.assign(new Error(`${written} of ${bytes.byteLength} bytes were written`), {
          code: 'ENOSPC',
        });
      }
    } finally {
      closeSync(file);
    }
  });
}

/** Opens a file in the cache's folder, which is made where it is missing. */
export function openForAppending(path: string): number {
  try {
    return openForAppendingSync(path);
  } catch (cause) {
    if (toErrno(cause) !== 'ENOENT') throw cause;
    makeLastFolder(dirname(path));
    return openForAppendingSync(path);
  }
}

/** Makes only the last folder: if the folders above are missing, the disk is unplugged. */
function makeLastFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (cause) {
    // Another process was first.
    if (toErrno(cause) !== 'EEXIST') throw cause;
  }
}

function endsTorn(file: number, path: string): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  return readPiece(file, path, last, 1, size - 1) === 1 && last[0] !== LINE_FEED;
}

function attempt<T>(action: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw toStorageFault(action, path, cause);
  }
}
