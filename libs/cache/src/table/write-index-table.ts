import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { temporaryPathFor, toErrno } from '@cullstream/files';
import type { IndexTable } from './index-table.js';
import { compareKeys } from './record-order.js';
import {
  FLAGS_AT,
  HAS_CRC,
  IS_CONTENT,
  KEY_WORDS,
  MAGIC,
  PAGE_BYTES,
  PAGE_CRC_AT,
  PAGE_RECORDS,
  RECORD_WORDS,
  TRAILER_BYTES,
  type TableFacts,
} from './table-format.js';

const PAGES_A_WRITE = 256;
const DIGEST_WORDS = 8;
/** The flags of a record that is not written. */
const DROPPED = 0xff_ff_ff_ff;

/**
 * Writes the records of a table and newer ones as a new table, in place of what is there: a reader has
 * either. What a newer record says of the same image or content holds, but a content without the checksum of
 * its vector does not take the place of one with it, nor another content with the same short hash.
 *
 * @param newer sorted; each key once
 * @param facts without what is counted here
 * @param onAmbiguous told each content whose short hash a newer one shares
 * @throws {Error} of the operating system
 */
export function writeIndexTable(
  path: string,
  older: IndexTable | undefined,
  newer: Uint32Array,
  toFacts: (counted: Pick<TableFacts, 'records' | 'aliases' | 'contents'>) => TableFacts,
  onAmbiguous: (record: Uint32Array) => void,
): void {
  const temporary = temporaryPathFor(path);
  const file = openIn(temporary);
  try {
    try {
      const pages = new PageWriter(file);
      let contents = 0;
      const put = (records: Uint32Array, at: number) => {
        if (((records[at + FLAGS_AT] ?? 0) & IS_CONTENT) !== 0) contents += 1;
        pages.put(records, at);
      };
      merge(older, newer, { put, onAmbiguous });
      const { records } = pages;
      pages.finish(toFacts({ records, contents, aliases: records - contents }));
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  }
}

interface Merging {
  readonly put: (records: Uint32Array, at: number) => void;
  readonly onAmbiguous: (record: Uint32Array) => void;
}

function merge(older: IndexTable | undefined, newer: Uint32Array, merging: Merging): void {
  let next = 0;
  const putNext = () => {
    if (newer[next + FLAGS_AT] !== DROPPED) merging.put(newer, next);
    next += RECORD_WORDS;
  };
  for (let number = 0; older !== undefined && number < older.pageCount; number++) {
    const page = older.readPage(number);
    for (let at = 0; at < page.length; at += RECORD_WORDS) {
      while (next < newer.length && compareKeys(newer, next, page, at) < 0) putNext();
      const same = findSame(page, at, newer, next);
      if (same === undefined) merging.put(page, at);
      else if (!takesPlace(page, at, newer, same, merging)) {
        merging.put(page, at);
        newer[same + FLAGS_AT] = DROPPED;
      }
    }
  }
  while (next < newer.length) putNext();
}

/** Where the record with the same key and of the same kind is, from `next` on. */
function findSame(
  page: Uint32Array,
  at: number,
  newer: Uint32Array,
  next: number,
): number | undefined {
  const isContent = isContentAt(page, at);
  for (let place = next; place < newer.length; place += RECORD_WORDS) {
    if (compareKeys(newer, place, page, at) !== 0) return undefined;
    if (isContentAt(newer, place) !== isContent) continue;
    // A content's place is no part of its key.
    if (isContent || hasSameWords(page, at, newer, place, 0, KEY_WORDS)) return place;
  }
  return undefined;
}

/** Whether a newer record takes the place of an older one with the same key. */
function takesPlace(
  page: Uint32Array,
  at: number,
  newer: Uint32Array,
  same: number,
  { onAmbiguous }: Merging,
): boolean {
  if (!isContentAt(page, at)) return true;
  if (!hasSameWords(page, at, newer, same, KEY_WORDS, KEY_WORDS + DIGEST_WORDS)) {
    onAmbiguous(page.subarray(at, at + RECORD_WORDS));
    return false;
  }
  const [olderFlags = 0, newerFlags = 0] = [page[at + FLAGS_AT], newer[same + FLAGS_AT]];
  return (newerFlags & HAS_CRC) !== 0 || (olderFlags & HAS_CRC) === 0;
}

function isContentAt(records: Uint32Array, at: number): boolean {
  return ((records[at + FLAGS_AT] ?? 0) & IS_CONTENT) !== 0;
}

function hasSameWords(
  a: Uint32Array,
  aAt: number,
  b: Uint32Array,
  bAt: number,
  from: number,
  to: number,
): boolean {
  for (let word = from; word < to; word++) if (a[aAt + word] !== b[bAt + word]) return false;
  return true;
}

/** Collects records to pages, and pages to writes. */
class PageWriter {
  readonly #file: number;
  readonly #words = new Uint32Array((PAGES_A_WRITE * PAGE_BYTES) / 4);
  readonly #bytes = Buffer.from(this.#words.buffer);
  readonly #fences: number[] = [];
  records = 0;

  constructor(file: number) {
    this.#file = file;
  }

  put(records: Uint32Array, at: number): void {
    const pages = Math.floor(this.records / PAGE_RECORDS);
    const inPage = this.records % PAGE_RECORDS;
    const held = pages % PAGES_A_WRITE;
    if (inPage === 0) {
      if (pages > 0 && held === 0) this.#write(PAGES_A_WRITE);
      this.#fences.push(records[at] ?? 0);
    }
    const start = (held * PAGE_BYTES) / 4 + inPage * RECORD_WORDS;
    for (let word = 0; word < RECORD_WORDS; word++) {
      this.#words[start + word] = records[at + word] ?? 0;
    }
    this.records += 1;
  }

  finish(facts: TableFacts): void {
    const left = this.#fences.length % PAGES_A_WRITE;
    if (this.#fences.length > 0) this.#write(left === 0 ? PAGES_A_WRITE : left);
    const fences = Buffer.from(Uint32Array.from(this.#fences).buffer);
    const text = Buffer.from(JSON.stringify(facts), 'utf8');
    const trailer = Buffer.alloc(TRAILER_BYTES);
    trailer.write(MAGIC, 'latin1');
    trailer.writeUInt32LE(fences.byteLength, 8);
    trailer.writeUInt32LE(text.byteLength, 12);
    const sum = crc32(text, crc32(fences, crc32(trailer.subarray(0, 16))));
    trailer.writeUInt32LE(sum, 16);
    writeFully(this.#file, Buffer.concat([fences, text, trailer]));
  }

  #write(pages: number): void {
    for (let page = 0; page < pages; page++) {
      const bytes = this.#bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
      bytes.writeUInt32LE(crc32(bytes.subarray(0, PAGE_CRC_AT)), PAGE_CRC_AT);
    }
    writeFully(this.#file, this.#bytes.subarray(0, pages * PAGE_BYTES));
    this.#words.fill(0);
  }
}

function writeFully(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.byteLength;) {
    const written = writeSync(file, bytes, at);
    if (written === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
    at += written;
  }
}

/** Makes only the last folder: if the folders above are missing, the disk is unplugged. */
function openIn(path: string): number {
  try {
    return openSync(path, 'wx');
  } catch (cause) {
    if (toErrno(cause) !== 'ENOENT') throw cause;
    mkdirSync(dirname(path));
    return openSync(path, 'wx');
  }
}
