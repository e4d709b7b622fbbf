import type { CacheLog } from './cache-log.js';
import type { ImageAlias } from './image-alias.js';
import type { IndexLine } from './index-line.js';
import { IndexedLines, type IndexLogs, type LineSource } from './indexed-lines.js';
import { toAliasWords, toContentFacts, toHashWords, toImageFacts } from './table/line-records.js';

/** What is known of the bytes of an image. */
export interface KnownContent {
  readonly sha256: string;
  /** Size as Pillow reports it: EXIF rotation is not applied. */
  readonly widthPx: number;
  readonly heightPx: number;
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

/** The name of a vector's file without `.npy`. */
export function toVectorName(sha256: string): string {
  return sha256.slice(0, 16);
}

/**
 * One recipe's lines of the index. If something is not found, the lines that other processes have
 * appended since are read; finding out whether there are any costs a stat.
 */
export class CacheIndex {
  readonly #lines: IndexedLines;

  constructor(logs: IndexLogs, recipeId: string, log: CacheLog) {
    this.#lines = new IndexedLines(logs, recipeId, log);
  }

  get counts() {
    return this.#lines.counts;
  }

  findImage(alias: ImageAlias): KnownImage | undefined {
    const key = toAliasWords(alias);
    const image = this.#lookUp(() => this.#lines.findImage(key));
    if (image === undefined) return undefined;
    const { sha256, widthPx, heightPx, vectorCrc32, source: number } = toImageFacts(image);
    const source = this.#lines.sources.at(number);
    if (source === undefined) return undefined;
    const { run, origin } = source;
    return { sha256, widthPx, heightPx, run, origin, isChecked: vectorCrc32 !== undefined };
  }

  findContent(sha256: string): KnownContent | undefined {
    const content = this.findByHash(toVectorName(sha256));
    return content?.sha256 === sha256 ? content : undefined;
  }

  /** The content a vector's file belongs to, by its name. */
  findByHash(hash: string): KnownContent | undefined {
    const facts = this.#findFacts(hash);
    if (facts === undefined) return undefined;
    const { sha256, widthPx, heightPx } = facts;
    return { sha256, widthPx, heightPx };
  }

  /**
   * What the index knows of a content's vector; undefined if no line names it. `ambiguous` if its short
   * name belongs to another content as well.
   */
  findVector(sha256: string): IndexedVector | 'ambiguous' | undefined {
    const facts = this.#findFacts(sha256);
    if (this.#lines.ambiguous.has(toVectorName(sha256))) return 'ambiguous';
    if (facts === undefined) return undefined;
    if (facts.sha256 !== sha256) return 'ambiguous';
    const stored = this.#lines.findOlderContent(toHashWords(sha256));
    if (stored !== undefined && toContentFacts(stored).sha256 !== sha256) return 'ambiguous';
    const { vectorCrc32, file: number, row } = facts;
    const file = this.#lines.files.at(number);
    return { vectorCrc32, place: file === undefined ? undefined : { file, row } };
  }

  /** @param isLogged whether the line is in its log */
  take(line: IndexLine, isLogged = true): void {
    this.#lines.take(line, isLogged);
  }

  /** See {@link IndexedLines.refresh}. */
  refresh(isUrgent = false): boolean {
    return this.#lines.refresh(isUrgent);
  }

  #findFacts(hash: string) {
    const key = toHashWords(toVectorName(hash));
    const content = this.#lookUp(() => this.#lines.findContent(key));
    return content && toContentFacts(content);
  }

  #lookUp(find: () => Uint32Array | undefined): Uint32Array | undefined {
    return find() ?? (this.refresh() ? find() : undefined);
  }
}
