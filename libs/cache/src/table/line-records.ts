import { hash as digest } from 'node:crypto';
import { toAliasKey, type ImageAlias } from '../image-alias.js';
import type { IndexLine } from '../index-line.js';
import type { LineSource } from '../indexed-lines.js';
import type { NumberedList } from '../numbered-list.js';
import { RecordTable } from '../record-table.js';
import {
  FLAGS_AT,
  HAS_CRC,
  IS_CONTENT,
  KEY_WORDS,
  RECORD_WORDS,
  SOURCE_SHIFT,
} from './table-format.js';

const HASH_WORDS = 2;
const DIGEST_WORDS = 8;
/** In a content's value, in front of its facts: the number of its vector's file plus one, and its row. */
const PLACE_WORDS = KEY_WORDS - HASH_WORDS;
const CRC_WORD = DIGEST_WORDS + 2;
const FLAGS_WORD = FLAGS_AT - KEY_WORDS;

interface Names {
  readonly sources: NumberedList<LineSource>;
  readonly files: NumberedList<string>;
  readonly ambiguous: Set<string>;
}

/**
 * Lines as records of 16 words. The value of an image is its facts: digest, width, height, checksum
 * of its vector, flags. The value of a content is its place, then its facts.
 */
export class LineRecords {
  /** By 128 bits of the alias's digest. */
  readonly images = new RecordTable(KEY_WORDS, RECORD_WORDS - KEY_WORDS);
  /** By short hash. */
  readonly contents = new RecordTable(HASH_WORDS, RECORD_WORDS - HASH_WORDS);
  readonly #names: Names;

  constructor(names: Names) {
    this.#names = names;
  }

  take(line: IndexLine): void {
    const { sha256, vectorCrc32, vectorRow } = line;
    const facts = new Uint32Array(RECORD_WORDS - HASH_WORDS);
    const own = facts.subarray(PLACE_WORDS);
    Buffer.from(facts.buffer).write(sha256, PLACE_WORDS * 4, 'hex');
    own[DIGEST_WORDS] = line.widthPx;
    own[DIGEST_WORDS + 1] = line.heightPx;
    own[CRC_WORD] = vectorCrc32 ?? 0;
    const flags = vectorCrc32 === undefined ? 0 : HAS_CRC;
    const source = this.#names.sources.toNumber({ run: line.run, origin: line.origin });
    own[FLAGS_WORD] = flags + source * 2 ** SOURCE_SHIFT;
    this.images.set(toAliasWords(line.alias), own);

    const key = own.slice(0, HASH_WORDS);
    const known = this.contents.get(key);
    if (known !== undefined && !LineRecords.isSame(known, facts)) {
      this.#names.ambiguous.add(sha256.slice(0, HASH_WORDS * 8));
      return;
    }
    // A line without checksums does not remove one that is known.
    if (vectorCrc32 === undefined && known !== undefined && LineRecords.hasCrc(known)) return;
    own[FLAGS_WORD] = flags | IS_CONTENT;
    if (vectorRow !== undefined) {
      facts[0] = this.#names.files.toNumber(line.embeddingFile) + 1;
      facts[1] = vectorRow;
    }
    this.contents.set(key, facts);
  }

  /** All of them, in no order. */
  toArray(): Uint32Array {
    const [images, contents] = [this.images.records, this.contents.records];
    const all = new Uint32Array(images.length + contents.length);
    all.set(images);
    all.set(contents, images.length);
    return all;
  }

  /** Whether the checksum of a content's vector is known. @param content its value */
  static hasCrc(content: Uint32Array): boolean {
    return ((content[PLACE_WORDS + FLAGS_WORD] ?? 0) & HAS_CRC) !== 0;
  }

  /** Whether two values are of the same content. */
  static isSame(a: Uint32Array, b: Uint32Array): boolean {
    for (let word = PLACE_WORDS; word < PLACE_WORDS + DIGEST_WORDS; word++) {
      if (a[word] !== b[word]) return false;
    }
    return true;
  }
}

/** What a value says of an image or a content. */
export interface RecordFacts {
  readonly sha256: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Undefined if only lines without checksums name it. */
  readonly vectorCrc32: number | undefined;
  /** Number of the source of an image's line. */
  readonly source: number;
}

/** @param image its value */
export function toImageFacts(image: Uint32Array): RecordFacts {
  const digestBytes = Buffer.from(image.buffer, image.byteOffset, DIGEST_WORDS * 4);
  const flags = image[FLAGS_WORD] ?? 0;
  return {
    sha256: digestBytes.toString('hex'),
    widthPx: image[DIGEST_WORDS] ?? 0,
    heightPx: image[DIGEST_WORDS + 1] ?? 0,
    vectorCrc32: (flags & HAS_CRC) === 0 ? undefined : image[CRC_WORD],
    source: flags >>> SOURCE_SHIFT,
  };
}

/** @param content its value @returns its facts, the number of its vector's file (-1: none) and row */
export function toContentFacts(content: Uint32Array): RecordFacts & {
  readonly file: number;
  readonly row: number;
} {
  const facts = toImageFacts(content.subarray(PLACE_WORDS));
  return { ...facts, file: (content[0] ?? 0) - 1, row: content[1] ?? 0 };
}

/** The key of an image. */
export function toAliasWords(alias: ImageAlias): Uint32Array {
  return toWords(digest('sha256', toAliasKey(alias)), KEY_WORDS);
}

/** The key of a content. @param hash its short hash, or more of its digest */
export function toHashWords(hash: string): Uint32Array {
  return toWords(hash, HASH_WORDS);
}

/** The first words of a hex digest. */
function toWords(hex: string, count: number): Uint32Array {
  const words = new Uint32Array(count);
  Buffer.from(words.buffer).write(hex, 'hex');
  return words;
}
