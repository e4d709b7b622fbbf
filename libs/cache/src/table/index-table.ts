import { closeSync, fstatSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { openRegularFileSync, toErrno } from '@cullstream/files';
import {
  MAGIC,
  PAGE_BYTES,
  PAGE_CRC_AT,
  PAGE_RECORDS,
  RECORD_WORDS,
  tableFacts,
  TRAILER_BYTES,
  type TableFacts,
} from './table-format.js';

/** 32 MiB: all of a table of 250,000 images, of which nearly every page is asked for again and again. */
const HELD_PAGES = 8_192;
const PAGE_WORDS = PAGE_BYTES / 4;
const NOWHERE = -1;

/** The table is not what was written. */
export class DamagedTableError extends Error {
  override readonly name = 'DamagedTableError';
}

/**
 * Sorted records in a file, which never changes. Of each page of 4 KiB only the first word is in
 * memory; the page of a key is read when it is asked for, and checked.
 */
export class IndexTable {
  readonly facts: TableFacts;
  readonly #file: number;
  /** The first word of each page. */
  readonly #fences: Uint32Array;
  /** Pages in memory, one behind the other, each in a slot. Memory for each page would cost more than reading it. */
  readonly #slots: Uint32Array;
  /** The slot of each page, or {@link NOWHERE}. */
  readonly #slotOf: Int32Array;
  /** The page in each slot, or {@link NOWHERE}. The oldest is replaced first. */
  readonly #pageIn: Int32Array;
  #nextSlot = 0;

  private constructor(file: number, facts: TableFacts, fences: Uint32Array) {
    this.#file = file;
    this.facts = facts;
    this.#fences = fences;
    const slots = Math.min(fences.length, HELD_PAGES);
    // The system gives memory as it is written.
    this.#slots = new Uint32Array(slots * PAGE_WORDS);
    this.#slotOf = new Int32Array(fences.length).fill(NOWHERE);
    this.#pageIn = new Int32Array(slots).fill(NOWHERE);
  }

  /**
   * Undefined without a file.
   * @throws {DamagedTableError | Error} where the file cannot be used
   */
  static open(path: string): IndexTable | undefined {
    let file: number;
    try {
      file = openRegularFileSync(path);
    } catch (cause) {
      if (toErrno(cause) === 'ENOENT') return undefined;
      throw cause;
    }
    try {
      const { size } = fstatSync(file);
      const trailer = readFully(file, TRAILER_BYTES, size - TRAILER_BYTES);
      if (trailer.toString('latin1', 0, 8) !== MAGIC) throw new DamagedTableError('no table');
      const [fenceBytes, factBytes] = [trailer.readUInt32LE(8), trailer.readUInt32LE(12)];
      const start = size - TRAILER_BYTES - factBytes - fenceBytes;
      const bytes = readFully(file, fenceBytes + factBytes, start);
      if (crc32(bytes, crc32(trailer.subarray(0, 16))) !== trailer.readUInt32LE(16)) {
        throw new DamagedTableError('its end is damaged');
      }
      const facts = tableFacts.safeParse(JSON.parse(bytes.toString('utf8', fenceBytes)));
      const fences = new Uint32Array(fenceBytes / 4);
      Buffer.from(fences.buffer).set(bytes.subarray(0, fenceBytes));
      if (!facts.success || start !== fences.length * PAGE_BYTES) {
        throw new DamagedTableError('it is of another version or machine');
      }
      return new IndexTable(file, facts.data, fences);
    } catch (cause) {
      closeSync(file);
      throw cause;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  get pageCount(): number {
    return this.#fences.length;
  }

  /**
   * The first record with the two words that is wanted, as a view that the next call may overwrite; undefined
   * without one.
   * @throws {DamagedTableError | Error} where its page cannot be used
   */
  find(
    word0: number,
    word1: number,
    isWanted: (record: Uint32Array) => boolean,
  ): Uint32Array | undefined {
    for (let number = this.#firstPage(word0); number < this.#fences.length; number++) {
      if (number > 0 && (this.#fences[number] ?? 0) > word0) return undefined;
      const page = this.#heldPage(number);
      for (let at = firstAt(page, word0, word1); at < page.length; at += RECORD_WORDS) {
        if (page[at] !== word0 || page[at + 1] !== word1) return undefined;
        const record = page.subarray(at, at + RECORD_WORDS);
        if (isWanted(record)) return record;
      }
    }
    return undefined;
  }

  /** The records of a page. @throws {DamagedTableError | Error} where it cannot be used */
  readPage(number: number): Uint32Array {
    const words = new Uint32Array(PAGE_WORDS);
    this.#readInto(words, number);
    return words.subarray(0, this.#wordsOf(number));
  }

  #readInto(words: Uint32Array, number: number): void {
    const bytes = Buffer.from(words.buffer, words.byteOffset, PAGE_BYTES);
    const got = readSync(this.#file, bytes, 0, PAGE_BYTES, number * PAGE_BYTES);
    if (
      got < PAGE_BYTES ||
      crc32(bytes.subarray(0, PAGE_CRC_AT)) !== bytes.readUInt32LE(PAGE_CRC_AT)
    ) {
      throw new DamagedTableError(`page ${number} is damaged`);
    }
  }

  /** How much of a page is records: the last one is not full. */
  #wordsOf(number: number): number {
    return Math.min(PAGE_RECORDS, this.facts.records - number * PAGE_RECORDS) * RECORD_WORDS;
  }

  #heldPage(number: number): Uint32Array {
    let slot = this.#slotOf[number] ?? NOWHERE;
    if (slot === NOWHERE) {
      slot = this.#nextSlot;
      const replaced = this.#pageIn[slot] ?? NOWHERE;
      if (replaced !== NOWHERE) this.#slotOf[replaced] = NOWHERE;
      this.#pageIn[slot] = NOWHERE;
      this.#readInto(this.#slots.subarray(slot * PAGE_WORDS, (slot + 1) * PAGE_WORDS), number);
      this.#pageIn[slot] = number;
      this.#slotOf[number] = slot;
      this.#nextSlot = (slot + 1) % this.#pageIn.length;
    }
    const at = slot * PAGE_WORDS;
    return this.#slots.subarray(at, at + this.#wordsOf(number));
  }

  /** The last page that begins with a smaller word, or the first: equal words may begin in it. */
  #firstPage(word0: number): number {
    let [low, high] = [0, this.#fences.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#fences[middle] ?? 0) < word0) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** Where the first record that does not sort before the words is in a page. */
function firstAt(page: Uint32Array, word0: number, word1: number): number {
  let [low, high] = [0, page.length / RECORD_WORDS];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = middle * RECORD_WORDS;
    const first = page[at] ?? 0;
    const isBefore = first < word0 || (first === word0 && (page[at + 1] ?? 0) < word1);
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low * RECORD_WORDS;
}

function readFully(file: number, length: number, at: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, length));
  if (at < 0 || readSync(file, bytes, 0, length, at) < length) {
    throw new DamagedTableError('it is cut off');
  }
  return bytes;
}
