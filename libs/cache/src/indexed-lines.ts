import { basename } from 'node:path';
import type { EmbeddingOrigin } from '@cullstream/contracts';
import type { CacheLog } from './cache-log.js';
import { readLines, sizeOfFile, UNREADABLE } from './index-file.js';
import {
  hasChecksum,
  hasValidChecksum,
  isLegacyLine,
  parseIndexLine,
  splitTornLine,
  type IndexLine,
} from './index-line.js';
import { NumberedList } from './numbered-list.js';
import { LineRecords } from './table/line-records.js';
import { MOST_LINES_BESIDE_TABLE, StoredTable, type TablePlace } from './table/stored-table.js';

/** The run that wrote a line of the index, and how it got the vector. */
export interface LineSource {
  readonly run: string;
  readonly origin: EmbeddingOrigin;
}

/** The files of lines that an index consists of. */
export interface IndexLogs {
  /** Their paths. Later ones are newer. */
  list(): readonly string[];
  /**
   * Where a table of what the lines say may be, so that they need not be read at every start; without
   * it, all lines are read. With `isWritten`, the table is made and kept up to date.
   */
  readonly table?: TablePlace | undefined;
}

/** Looking for new lines in several logs takes at most one part in so many of the time. */
const REST_FACTOR = 20;
/** While many lines are read at once, the table is written more rarely. */
const MOST_LINES_AT_ONCE = 524_288;

/** What the lines of one recipe say: the newest of them in memory, the others in a table on disk. */
export class IndexedLines {
  readonly #logs: IndexLogs;
  readonly #recipeId: string;
  readonly #recipeMark: string;
  readonly #positions = new Map<string, { seenBytes: number; nextByte: number }>();
  readonly #table: StoredTable | undefined;
  readonly sources = new NumberedList<LineSource>(({ run, origin }) => `${origin} ${run}`);
  /** Files of packed vectors, as lines name them. */
  readonly files = new NumberedList<string>((file) => file);
  readonly ambiguous = new Set<string>();
  #records = new LineRecords(this);
  #linesInMemory = 0;
  #unreadableLines = 0;
  #restsUntilMs = 0;

  constructor(logs: IndexLogs, recipeId: string, log: CacheLog) {
    this.#logs = logs;
    this.#recipeId = recipeId;
    this.#recipeMark = `"${recipeId}"`;
    this.#table = logs.table && new StoredTable(logs.table, recipeId, log);
    this.#begin();
  }

  get counts() {
    const stored = this.#table?.facts;
    return {
      aliases: this.#records.images.size + (stored?.aliases ?? 0),
      contents: this.#records.contents.size + (stored?.contents ?? 0),
      ambiguousHashes: this.ambiguous.size,
      unreadableLines: this.#unreadableLines,
    };
  }

  /** See {@link LineRecords}. @param key its 4 words */
  findImage(key: Uint32Array): Uint32Array | undefined {
    const [word0 = 0, word1 = 0, word2, word3] = key;
    return (
      this.#records.images.get(key) ??
      this.#inTable(
        (table) => table.findImage(word0, word1, word2, word3),
        () => this.#records.images.get(Uint32Array.of(word0, word1, word2 ?? 0, word3 ?? 0)),
      )
    );
  }

  /** See {@link LineRecords}. @param key its 2 words */
  findContent(key: Uint32Array): Uint32Array | undefined {
    const [word0 = 0, word1 = 0] = key;
    const recent = this.#records.contents.get(key);
    if (recent !== undefined && LineRecords.hasCrc(recent)) return recent;
    const stored = this.#inTable(
      (table) => table.findContent(word0, word1),
      () => this.#records.contents.get(Uint32Array.of(word0, word1)),
    );
    if (recent === undefined || stored === undefined) return recent ?? stored;
    // A line without checksums does not remove one that is known.
    return LineRecords.hasCrc(stored) && LineRecords.isSame(stored, recent) ? stored : recent;
  }

  /** What the table says of a content that newer lines name as well. */
  findOlderContent(key: Uint32Array): Uint32Array | undefined {
    if (this.#records.contents.get(key) === undefined) return undefined;
    const [word0 = 0, word1 = 0] = key;
    return this.#inTable(
      (table) => table.findContent(word0, word1),
      () => undefined,
    );
  }

  /** @param isLogged whether the line is in its log; one that is not is not put into the table */
  take(line: IndexLine, isLogged: boolean): void {
    if (!isLogged) this.#table?.stopWriting();
    this.#records.take(line);
  }

  /**
   * Reads what was appended since the last time; false if nothing was.
   * @param isUrgent looks for it even if the logs are many and were looked at just now
   */
  refresh(isUrgent = false): boolean {
    const startedAtMs = performance.now();
    if (!isUrgent && startedAtMs < this.#restsUntilMs) return false;
    const logs = this.#logs.list();
    let hasNew = false;
    for (const log of logs) hasNew = this.#readLog(log) || hasNew;
    const { mostLinesBeside = MOST_LINES_BESIDE_TABLE } = this.#logs.table ?? {};
    if (this.#linesInMemory > mostLinesBeside) this.#writeTable();
    if (logs.length !== 1) {
      const endedAtMs = performance.now();
      this.#restsUntilMs = endedAtMs + REST_FACTOR * (endedAtMs - startedAtMs);
    }
    return hasNew;
  }

  /** Opens the table, if it is of these logs, and reads the lines that are not in it. */
  #begin(): void {
    const paths = new Map(this.#logs.list().map((path) => [basename(path), path]));
    const facts = this.#table?.open(paths);
    for (const { name, bytes } of facts?.logs ?? []) {
      this.#positions.set(paths.get(name) ?? name, { seenBytes: bytes, nextByte: bytes });
    }
    for (const source of facts?.sources ?? []) this.sources.toNumber(source);
    for (const file of facts?.files ?? []) this.files.toNumber(file);
    for (const hash of facts?.ambiguous ?? []) this.ambiguous.add(hash);
    this.#unreadableLines = facts?.unreadableLines ?? 0;
    this.refresh(true);
  }

  /** What is in the table; if it turns out to be damaged, it is given up and all lines are read. */
  #inTable<T>(look: (table: StoredTable) => T | undefined, again: () => T | undefined) {
    if (this.#table?.facts === undefined) return undefined;
    const found = this.#table.use(look);
    if (found !== 'damaged') return found;
    this.#positions.clear();
    this.#records = new LineRecords(this);
    this.#linesInMemory = 0;
    this.#begin();
    const now = this.#table.use(look);
    return now === undefined || now === 'damaged' ? again() : now;
  }

  #readLog(path: string): boolean {
    const size = sizeOfFile(path);
    const { seenBytes = 0, nextByte: first = 0 } = this.#positions.get(path) ?? {};
    if (size === seenBytes) return false;
    const position = { seenBytes: size, nextByte: size < seenBytes ? 0 : first };
    this.#positions.set(path, position);
    for (const { text, nextByte } of readLines(path, position.nextByte)) {
      const isWhole = nextByte > position.nextByte;
      position.nextByte = nextByte;
      if (!this.#takeText(text) && isWhole) this.#unreadableLines += 1;
      this.#linesInMemory += 1;
      if (this.#linesInMemory > MOST_LINES_AT_ONCE) this.#writeTable();
    }
    return true;
  }

  #writeTable(): void {
    if (this.#table === undefined) return;
    const isWritten = this.#table.write(this.#records, {
      sources: this.sources.values,
      files: this.files.values,
      ambiguous: this.ambiguous,
      unreadableLines: this.#unreadableLines,
      logs: [...this.#positions].map(([path, { nextByte }]) => ({ path, bytes: nextByte })),
    });
    if (!isWritten) return;
    this.#records = new LineRecords(this);
    this.#linesInMemory = 0;
  }

  /** Returns false for a line that is damaged or cannot be read, or an incomplete one of this recipe. */
  #takeText(text: string): boolean {
    const lost = text.lastIndexOf(UNREADABLE);
    if (lost !== -1) {
      // The text behind the unreadable part may be a complete line.
      this.#takeText(text.slice(lost + 1));
      return false;
    }
    const isOfRecipe = text.includes(this.#recipeMark);
    const isSound = hasValidChecksum(text);
    // Parsing takes most of the time, and most lines of a large index may be of other recipes.
    if (!isOfRecipe && (isSound || !hasChecksum(text))) return true;
    const line = parseIndexLine(text, isSound);
    if (line === undefined || isLegacyLine(line)) return false;
    if (line.recipeId === this.#recipeId) this.#records.take(line);
    // If only the line feed of a line is damaged, the line is complete, in front of the next one.
    return isSound || !hasChecksum(splitTornLine(text)[0]);
  }
}
