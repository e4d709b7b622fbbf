import { hash as digest } from 'node:crypto';
import type { EmbeddingOrigin } from '@cullstream/contracts';
import { toAliasKey, type ImageAlias } from './image-alias.js';
import { readLines, sizeOfFile, UNREADABLE } from './index-file.js';
import {
  hasValidChecksum,
  isLegacyLine,
  hasChecksum,
  parseIndexLine,
  splitTornLine,
  type IndexLine,
} from './index-line.js';
import { NumberedList } from './numbered-list.js';
import { RecordTable } from './record-table.js';

/** What is known of the bytes of an image. */
export interface KnownContent {
  readonly sha256: string;
  /** Size as Pillow reports it: EXIF rotation is not applied. */
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The run that wrote a line of the index, and how it got the vector. */
interface LineSource {
  readonly run: string;
  readonly origin: EmbeddingOrigin;
}

/** An image as its line describes it: its content, and the run that read it. */
export interface KnownImage extends KnownContent, LineSource {
  /** False if the line was written before lines had checksums. Storing the image again adds them. */
  readonly isChecked: boolean;
}

/** What the index knows of the vector of a content. */
export interface IndexedVector {
  /** See `toVectorChecksum`; undefined if all its lines were written before lines had checksums. */
  readonly vectorCrc32: number | undefined;
  /** The file of the vector as its newest line names it, and its row there; undefined for a `.npy` file. */
  readonly place: VectorPlace | undefined;
}

/** Where a packed vector lies. */
export interface VectorPlace {
  /** As lines name it; see `CachePaths`. */
  readonly file: string;
  /** From 0. */
  readonly row: number;
}

/** The files that an index consists of. Later ones are newer. */
export interface IndexLogs {
  list(): readonly string[];
}

/** The name of a vector's file without `.npy`. */
export function toVectorName(sha256: string): string {
  return sha256.slice(0, 16);
}

const HASH_WORDS = 2;
const ALIAS_WORDS = 4;
const DIGEST_WORDS = 8;
/** A content's value: its full digest, width, height, its vector's checksum, and whether that is known. */
const CONTENT_WORDS = DIGEST_WORDS + 4;
const CRC_WORD = DIGEST_WORDS + 2;
const HAS_CRC_WORD = DIGEST_WORDS + 3;
/** Behind a content: the number of its vector's file plus one (0 without a place), and its row. */
const PLACE_WORDS = 2;
/** Looking for new lines in several logs takes at most one part in so many of the time. */
const REST_FACTOR = 20;

/**
 * One recipe's lines of the index, in memory, about 190 bytes each. If something is not found, the lines
 * that other processes have appended since are read; finding out whether there are any costs a stat.
 */
export class CacheIndex {
  readonly #logs: IndexLogs;
  readonly #positions = new Map<string, { seenBytes: number; nextByte: number }>();
  #restsUntilMs = 0;
  readonly #recipeId: string;
  readonly #recipeMark: string;
  /** Short hash → content. */
  readonly #contents = new RecordTable(HASH_WORDS, CONTENT_WORDS + PLACE_WORDS);
  /** 128 bits of the alias's digest → content, number of its source. */
  readonly #images = new RecordTable(ALIAS_WORDS, CONTENT_WORDS + 1);
  readonly #sources = new NumberedList<LineSource>(({ run, origin }) => `${origin} ${run}`);
  readonly #vectorFiles = new NumberedList<string>((file) => file);
  readonly #ambiguous = new Set<string>();
  readonly #scratch = new Uint32Array(CONTENT_WORDS + PLACE_WORDS);
  readonly #scratchBytes = Buffer.from(this.#scratch.buffer);
  #unreadableLines = 0;

  constructor(logs: IndexLogs, recipeId: string) {
    this.#logs = logs;
    this.#recipeId = recipeId;
    this.#recipeMark = `"${recipeId}"`;
    this.refresh();
  }

  get counts() {
    return {
      aliases: this.#images.size,
      contents: this.#contents.size,
      ambiguousHashes: this.#ambiguous.size,
      unreadableLines: this.#unreadableLines,
    };
  }

  findImage(alias: ImageAlias): KnownImage | undefined {
    const value = this.#lookUp(this.#images, () => this.#aliasWords(alias));
    const source = this.#sources.at(value?.[CONTENT_WORDS] ?? -1);
    if (value === undefined || source === undefined) return undefined;
    const { sha256, widthPx, heightPx } = toContent(value);
    const isChecked = value[HAS_CRC_WORD] === 1;
    return { sha256, widthPx, heightPx, run: source.run, origin: source.origin, isChecked };
  }

  findContent(sha256: string): KnownContent | undefined {
    const content = this.findByHash(toVectorName(sha256));
    return content?.sha256 === sha256 ? content : undefined;
  }

  /** The content a vector's file belongs to, by its name. */
  findByHash(hash: string): KnownContent | undefined {
    const value = this.#lookUp(this.#contents, () => this.#hexWords(hash, HASH_WORDS));
    return value && toContent(value);
  }

  /** What the index knows of a content's vector; undefined if no line names it. */
  findVoucher(sha256: string): IndexedVector | undefined {
    const value = this.#lookUp(this.#contents, () =>
      this.#hexWords(toVectorName(sha256), HASH_WORDS),
    );
    if (value === undefined || toContent(value).sha256 !== sha256) return undefined;
    const file = this.#vectorFiles.at((value[CONTENT_WORDS] ?? 0) - 1);
    return {
      vectorCrc32: value[HAS_CRC_WORD] === 1 ? value[CRC_WORD] : undefined,
      place: file === undefined ? undefined : { file, row: value[CONTENT_WORDS + 1] ?? 0 },
    };
  }

  /** Whether the short name of this content belongs to another content as well. */
  isAmbiguous(sha256: string): boolean {
    const content = this.findByHash(toVectorName(sha256));
    if (content !== undefined && content.sha256 !== sha256) return true;
    return this.#ambiguous.has(toVectorName(sha256));
  }

  take(line: IndexLine): void {
    const { sha256, widthPx, heightPx, alias, embeddingFile, vectorRow, vectorCrc32 } = line;
    const known = this.#contents.get(this.#hexWords(sha256, HASH_WORDS));
    const isOther = known !== undefined && toContent(known).sha256 !== sha256;
    if (isOther) this.#ambiguous.add(toVectorName(sha256));

    const key = this.#aliasWords(alias).slice();
    const value = this.#scratch;
    this.#scratchBytes.write(sha256, 'hex');
    value[DIGEST_WORDS] = widthPx;
    value[DIGEST_WORDS + 1] = heightPx;
    value[CRC_WORD] = vectorCrc32 ?? 0;
    value[HAS_CRC_WORD] = vectorCrc32 === undefined ? 0 : 1;
    value[CONTENT_WORDS] = this.#sources.toNumber({ run: line.run, origin: line.origin });
    this.#images.set(key, value.subarray(0, CONTENT_WORDS + 1));
    // A line without checksums does not remove one that is known.
    if (!isOther && (vectorCrc32 !== undefined || known?.[HAS_CRC_WORD] !== 1)) {
      const isPacked = vectorRow !== undefined;
      value[CONTENT_WORDS] = isPacked ? this.#vectorFiles.toNumber(embeddingFile) + 1 : 0;
      value[CONTENT_WORDS + 1] = vectorRow ?? 0;
      this.#contents.set(value.slice(0, HASH_WORDS), value);
    }
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
    if (logs.length !== 1) {
      const endedAtMs = performance.now();
      this.#restsUntilMs = endedAtMs + REST_FACTOR * (endedAtMs - startedAtMs);
    }
    return hasNew;
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
    }
    return true;
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
    if (line.recipeId === this.#recipeId) this.take(line);
    // If only the line feed of a line is damaged, the line is complete, in front of the next one.
    return isSound || !hasChecksum(splitTornLine(text)[0]);
  }

  #lookUp(table: RecordTable, key: () => Uint32Array): Uint32Array | undefined {
    return table.get(key()) ?? (this.refresh() ? table.get(key()) : undefined);
  }

  #aliasWords(alias: ImageAlias): Uint32Array {
    return this.#hexWords(digest('sha256', toAliasKey(alias)), ALIAS_WORDS);
  }

  /** The first words of a hex digest, valid until the next call. */
  #hexWords(hex: string, words: number): Uint32Array {
    this.#scratchBytes.write(hex, 'hex');
    return this.#scratch.subarray(0, words);
  }
}

function toContent(value: Uint32Array): KnownContent {
  const digestBytes = Buffer.from(value.buffer, value.byteOffset, DIGEST_WORDS * 4);
  return {
    sha256: digestBytes.toString('hex'),
    widthPx: value[DIGEST_WORDS] ?? 0,
    heightPx: value[DIGEST_WORDS + 1] ?? 0,
  };
}
