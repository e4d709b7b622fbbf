import type { EmbeddingOrigin, EmbeddingRecipe } from '@cullstream/contracts';
import type { KnownContent, KnownImage } from './cache-index.js';
import type { CacheLog } from './cache-log.js';
import type { ImageAlias } from './image-alias.js';

export interface EmbeddingCacheOptions {
  readonly dataDir: string;
  readonly recipe: EmbeddingRecipe;
  readonly log: CacheLog;
}

/** A vector's file in the recipe's folder. */
export interface StoredVector {
  /** First 16 hex digits of the content's SHA-256: the file's name without `.npy`. */
  readonly hash: string;
  readonly sizeBytes: number;
  /** What the index knows of it; undefined for a vector of the older tool or without a line. */
  readonly content: KnownContent | undefined;
}

/**
 * The state of a vector. `unchecked`: the right shape, but there is no checksum to compare with.
 * `unvouched`: the same, and no sound line of the index names it.
 */
export type VectorState = 'sound' | 'unchecked' | 'unvouched' | 'damaged' | 'absent';

export interface CacheStats {
  /** Undefined where this recipe has no folder yet. */
  readonly folder: string | undefined;
  readonly aliases: number;
  readonly contents: number;
  /** Short names that two contents share; neither is cached. */
  readonly ambiguousHashes: number;
  /** Lines that are damaged, and incomplete ones of this recipe. */
  readonly unreadableLines: number;
  /** Vectors found damaged since opening, each treated as absent. */
  readonly damagedVectors: number;
}

/** Reads from the embedding cache; see `openEmbeddingCache`. */
export interface EmbeddingCacheReader {
  /**
   * The content an image had when it was last read, so that it need not be read again, and the run
   * that read it.
   */
  findAlias(alias: ImageAlias): KnownImage | undefined;
  /** The content with this digest, under any name. */
  findContent(sha256: string): KnownContent | undefined;
  /**
   * Raw embedding, float32 [512], as it was stored: its checksum has been compared. Undefined where
   * there is none, where its file is damaged (moved aside to `<name>.corrupt` unless read only),
   * where nothing vouches for it, or where other bytes share its short name.
   * Rejects with a TransientError where the file is there and cannot be read.
   */
  readVector(sha256: string): Promise<Float32Array | undefined>;
  /** The state of a vector. Neither logs nor moves anything. */
  checkVector(sha256: string): Promise<VectorState>;
  /** Every vector in the recipe's folder; in the root those of the older tool are among them. */
  listVectors(): Promise<StoredVector[]>;
  stats(): CacheStats;
}

export interface StoreRequest {
  readonly alias: ImageAlias;
  /** Of the image's bytes, 64 lower-case hex digits. */
  readonly sha256: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Raw embedding, float32 [512]. */
  readonly vector: Float32Array;
  readonly run: string;
  readonly origin: EmbeddingOrigin;
}

export interface EmbeddingCache extends EmbeddingCacheReader {
  /**
   * Stores a vector and its alias: first the file, then the line of the index. After a crash between the
   * two no line names the vector, so it is computed again. A vector or line that is stored already is not
   * written again. If two contents have the same short name, the second one is not stored; it is computed
   * whenever it is needed.
   *
   * Rejects with a TransientError (disk full, unplugged, read only) that says what to do, and with
   * a PermanentError where the vector is not [512] or not finite.
   */
  store(request: StoreRequest): Promise<void>;
}
