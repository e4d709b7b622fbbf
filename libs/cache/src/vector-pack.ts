import { closeSync, fstatSync, readSync, rmSync, writeSync } from 'node:fs';
import { toErrno, openRegularFileSync } from '@cullstream/files';
import type { CacheLog } from './cache-log.js';
import { openForAppending } from './index-file.js';
import { RecordTable } from './record-table.js';
import { toStorageAdvice } from './storage-fault.js';
import {
  CHUNK_BYTES,
  CHUNK_ROWS,
  ENTRIES_BYTES,
  ENTRY_BYTES,
  HASH_BYTES,
  STAMP_BYTES,
  toChunk,
  vectorIn,
  toWords,
} from './vector-chunk.js';

/** A pack with more rows than this for each valid one is made again, as after copying a data folder. */
const MOST_ROWS_A_VECTOR = 2;
/** Number of chunks in memory. A run asks for vectors in about the same order as the run before it. */
const HELD_CHUNKS = 8;

const HASH_WORDS = HASH_BYTES / 4;
/** A row's value: its number, then its change time. */
const ROW_WORDS = 3;

/**
 * Copies of vector files in one file, so that 32 are read at once and next to each other on the
 * disk. The files decide: a copy is used only if its file still has the same change time, and it is
 * checked by a CRC-32. Complete chunks are appended, each by one write, so several processes may share a
 * pack. A pack that is incomplete, damaged or mostly outdated is deleted and filled again. Callers get
 * no errors: if the disk fails, it is logged once and vectors are read from their files.
 */
export class VectorPack {
  readonly #path: string;
  readonly #log: CacheLog;
  readonly #mode: 'share' | 'inspect';
  /** Short hash → row, change time. */
  #rows = new RecordTable(HASH_WORDS, ROW_WORDS);
  readonly #chunks = new Map<number, Buffer>();
  #waiting = new Map<string, { changedMs: number; vector: Float32Array }>();
  #file: number | undefined;
  #seenBytes = 0;
  #isGivenUp = false;
  readonly #key = new Uint32Array(HASH_WORDS);
  readonly #keyBytes = Buffer.from(this.#key.buffer);

  /** @param mode `inspect` writes nothing */
  constructor(path: string, mode: 'share' | 'inspect', log: CacheLog) {
    this.#path = path;
    this.#mode = mode;
    this.#log = log;
  }

  /**
   * The copy of a vector, float32 [512]; undefined where none was made since its file changed.
   *
   * @param hash 16 hex digits, the file's name without `.npy`
   * @param changedMs the change time its file has now, milliseconds since 1970
   */
  find(hash: string, changedMs: number): Float32Array | undefined {
    return this.#attempt((file) => {
      const row = this.#findRow(hash, changedMs);
      return row === undefined ? undefined : this.#vectorAt(file, row);
    });
  }

  /** The newest copy of a vector, even if its file has changed since; undefined without one. */
  findNewest(hash: string): Float32Array | undefined {
    return this.#attempt((file) => {
      const row = this.#findNewestRow(hash)?.[0];
      return row === undefined ? undefined : this.#vectorAt(file, row);
    });
  }

  /** Stores a copy as soon as there are 32 to write. Those left at the end are not stored. */
  add(hash: string, changedMs: number, vector: Float32Array): void {
    if (this.#mode === 'inspect') return;
    this.#waiting.set(hash, { changedMs, vector });
    if (this.#waiting.size < CHUNK_ROWS) return;
    const chunk = toChunk(this.#waiting);
    this.#waiting = new Map();
    this.#attempt((file) => {
      if (writeSync(file, chunk) < chunk.byteLength) {
        rmSync(this.#path, { force: true });
        throw Object.assign(new Error('half a chunk was written'), { code: 'ENOSPC' });
      }
      this.#takeAppended(file);
    });
  }

  #attempt<T>(work: (file: number) => T): T | undefined {
    if (this.#isGivenUp) return undefined;
    try {
      const file = (this.#file ??= this.#open());
      return file === undefined ? undefined : work(file);
    } catch (cause) {
      this.#close();
      this.#isGivenUp = true;
      this.#log.warn(
        { file: this.#path, problem: toStorageAdvice(cause, this.#path) },
        'the packed copy of the vectors cannot be used: reading them one by one',
      );
      return undefined;
    }
  }

  /** Opens the pack and reads its rows; undefined if there is none and none may be made. */
  #open(): number | undefined {
    const file = this.#openFile();
    if (file === undefined) return undefined;
    this.#file = file;
    const { size } = fstatSync(file);
    this.#takeAppended(file);
    const rows = (this.#seenBytes / CHUNK_BYTES) * CHUNK_ROWS;
    if (size !== this.#seenBytes) this.#startAnew('its last chunk is torn');
    else if (rows > MOST_ROWS_A_VECTOR * this.#rows.size)
      this.#startAnew('most copies in it are outdated');
    return this.#file;
  }

  #openFile(): number | undefined {
    if (this.#mode === 'share') return openForAppending(this.#path);
    try {
      return openRegularFileSync(this.#path);
    } catch (cause) {
      if (toErrno(cause) !== 'ENOENT') throw cause;
      this.#isGivenUp = true;
      return undefined;
    }
  }

  /** Reads the complete chunks that any process has appended since the last time. */
  #takeAppended(file: number): void {
    const { size } = fstatSync(file);
    const entries = Buffer.allocUnsafe(ENTRIES_BYTES);
    for (; this.#seenBytes + CHUNK_BYTES <= size; this.#seenBytes += CHUNK_BYTES) {
      if (readSync(file, entries, 0, ENTRIES_BYTES, this.#seenBytes) < ENTRIES_BYTES) return;
      const firstRow = (this.#seenBytes / CHUNK_BYTES) * CHUNK_ROWS;
      for (let row = 0; row < CHUNK_ROWS; row++) {
        const entry = entries.subarray(row * ENTRY_BYTES, (row + 1) * ENTRY_BYTES);
        this.#keyBytes.set(entry.subarray(0, HASH_BYTES));
        const value = new Uint32Array(ROW_WORDS);
        value[0] = firstRow + row;
        Buffer.from(value.buffer).set(entry.subarray(HASH_BYTES, STAMP_BYTES), 4);
        this.#rows.set(this.#key, value);
      }
    }
  }

  #vectorAt(file: number, row: number): Float32Array | undefined {
    const vector = vectorIn(this.#chunkAt(file, Math.floor(row / CHUNK_ROWS)), row % CHUNK_ROWS);
    if (vector === undefined) this.#startAnew('a copy in it is damaged');
    return vector;
  }

  #findNewestRow(hash: string): Uint32Array | undefined {
    this.#keyBytes.write(hash, 'hex');
    return this.#rows.get(this.#key);
  }

  #findRow(hash: string, changedMs: number): number | undefined {
    const value = this.#findNewestRow(hash);
    if (value === undefined) return undefined;
    const [row = 0, low, high] = value;
    const [wantedLow, wantedHigh] = toWords(changedMs);
    return low === wantedLow && high === wantedHigh ? row : undefined;
  }

  #chunkAt(file: number, number: number): Buffer {
    const held = this.#chunks.get(number);
    if (held !== undefined) return held;
    const chunk = Buffer.alloc(CHUNK_BYTES);
    readSync(file, chunk, 0, CHUNK_BYTES, number * CHUNK_BYTES);
    const [oldest] = this.#chunks.keys();
    if (oldest !== undefined && this.#chunks.size >= HELD_CHUNKS) this.#chunks.delete(oldest);
    this.#chunks.set(number, chunk);
    return chunk;
  }

  /** Deletes the pack. Vectors that are read from files from now on fill a new one. */
  #startAnew(problem: string): void {
    this.#close();
    if (this.#mode === 'inspect') {
      this.#isGivenUp = true;
      return;
    }
    this.#log.warn(
      { file: this.#path, problem },
      'the packed copy of the vectors is made again from their files',
    );
    rmSync(this.#path, { force: true });
  }

  #close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#seenBytes = 0;
    this.#rows = new RecordTable(HASH_WORDS, ROW_WORDS);
    this.#chunks.clear();
  }
}
