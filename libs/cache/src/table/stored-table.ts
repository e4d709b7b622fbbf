import { rmSync } from 'node:fs';
import { endianness } from 'node:os';
import { basename } from 'node:path';
import type { CacheLog } from '../cache-log.js';
import { toStorageAdvice } from '../storage-fault.js';
import { IndexTable } from './index-table.js';
import type { LineRecords } from './line-records.js';
import { sortRecords } from './record-order.js';
import { sampleLog } from './sample-log.js';
import { FLAGS_AT, IS_CONTENT, KEY_WORDS, type TableFacts } from './table-format.js';
import { writeIndexTable } from './write-index-table.js';

/** What is written beside the records. */
export interface TableNames extends Pick<TableFacts, 'unreadableLines'> {
  readonly sources: readonly TableFacts['sources'][number][];
  readonly files: readonly string[];
  readonly ambiguous: Set<string>;
  /** So much of each log is in the records. */
  readonly logs: readonly { readonly path: string; readonly bytes: number }[];
}

export interface TablePlace {
  readonly path: string;
  /** False: neither written nor removed. */
  readonly isWritten: boolean;
  /** It is written anew when more lines than this are in memory; 16,384 by default. */
  readonly mostLinesBeside?: number;
}

/** So many lines are read in about 0.1 s. */
export const MOST_LINES_BESIDE_TABLE = 16_384;

/**
 * The table of an index on disk. It is derived from the lines, and may be deleted. Callers get no
 * errors: if it is damaged or cannot be written, that is logged, and the lines are read.
 */
export class StoredTable {
  readonly #path: string;
  readonly #recipeId: string;
  readonly #log: CacheLog;
  #table: IndexTable | undefined;
  #isWritable: boolean;
  /** Until it is written anew. */
  #isDamaged = false;

  constructor({ path, isWritten }: TablePlace, recipeId: string, log: CacheLog) {
    this.#path = path;
    this.#isWritable = isWritten;
    this.#recipeId = recipeId;
    this.#log = log;
  }

  get facts(): TableFacts | undefined {
    return this.#table?.facts;
  }

  /**
   * @param logs paths by name
   * @returns what it says of itself; undefined where there is none, or none of these logs
   */
  open(logs: ReadonlyMap<string, string>): TableFacts | undefined {
    if (this.#isDamaged) return undefined;
    try {
      const table = IndexTable.open(this.#path);
      if (table === undefined) return undefined;
      const { facts } = table;
      const isOfLogs =
        facts.recipe === this.#recipeId &&
        facts.logs.every(
          ({ name, bytes, samples }) => sampleLog(logs.get(name) ?? '', bytes) === samples,
        );
      if (isOfLogs) this.#table = table;
      else table.close();
      return this.#table?.facts;
    } catch (cause) {
      this.#giveUp(cause);
      return undefined;
    }
  }

  /** What the work gives; `damaged` where the table cannot be used, and is not from now on. */
  use<T>(work: (table: StoredTable) => T | undefined): T | undefined | 'damaged' {
    try {
      return work(this);
    } catch (cause) {
      this.#giveUp(cause);
      return 'damaged';
    }
  }

  findImage(
    word0: number,
    word1: number,
    word2: number | undefined,
    word3: number | undefined,
  ): Uint32Array | undefined {
    return this.#table
      ?.find(
        word0,
        word1,
        (record) => record[2] === word2 && record[3] === word3 && !isContent(record),
      )
      ?.subarray(KEY_WORDS);
  }

  findContent(word0: number, word1: number): Uint32Array | undefined {
    return this.#table?.find(word0, word1, isContent)?.subarray(2);
  }

  /** From now on, {@link write} does nothing. */
  stopWriting(): void {
    this.#isWritable = false;
  }

  /** Writes the records and those of before as one table. Returns whether it is in use now. */
  write(records: LineRecords, names: TableNames): boolean {
    if (!this.#isWritable) return false;
    try {
      const logs = names.logs.map(({ path, bytes }) => ({
        name: basename(path),
        bytes,
        samples: sampleLog(path, bytes) ?? -1,
      }));
      const { sources, files, ambiguous, unreadableLines } = names;
      writeIndexTable(
        this.#path,
        this.#table,
        sortRecords(records.toArray()),
        (counted) => ({
          ...counted,
          ...{ recipe: this.#recipeId, endianness: endianness(), unreadableLines, logs },
          ...{ sources: [...sources], files: [...files], ambiguous: [...ambiguous] },
        }),
        (record) => ambiguous.add(toHash(record)),
      );
      const written = IndexTable.open(this.#path);
      this.#table?.close();
      this.#table = written;
      this.#isDamaged = false;
      return true;
    } catch (cause) {
      this.#isWritable = false;
      this.#log.warn(
        { file: this.#path, problem: toStorageAdvice(cause, this.#path) },
        'the table of the cache index cannot be written: all lines are read at the next start',
      );
      return false;
    }
  }

  #giveUp(cause: unknown): void {
    this.#table?.close();
    this.#table = undefined;
    this.#isDamaged = true;
    if (this.#isWritable) removeQuietly(this.#path);
    this.#log.warn(
      { file: this.#path, problem: toStorageAdvice(cause, this.#path) },
      'the table of the cache index cannot be used: its lines are read instead',
    );
  }
}

/** Another table takes its place in any case. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It cannot be used either way.
  }
}

function isContent(record: Uint32Array): boolean {
  return ((record[FLAGS_AT] ?? 0) & IS_CONTENT) !== 0;
}

function toHash(record: Uint32Array): string {
  return Buffer.from(record.buffer, record.byteOffset, 8).toString('hex');
}
