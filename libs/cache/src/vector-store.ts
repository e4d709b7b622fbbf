import { toVectorName, type IndexedVector } from './cache-index.js';
import type { CachePaths } from './cache-paths.js';
import { moveAside } from './vector-file.js';
import type { CheckedVector, VectorFolder } from './vector-folder.js';

/** Where a line of the index says a vector is. */
export interface LinePlace {
  readonly embeddingFile: string;
  readonly vectorRow?: number;
}

/** The vectors of a recipe: a file for each, or many in a file. */
export interface VectorStore {
  /** The folder they are in. */
  readonly path: string;
  /**
   * @param known what the index knows of the vector
   * @throws {TransientError} where the vector is there and cannot be read
   */
  read(sha256: string, known: IndexedVector | undefined): CheckedVector | Promise<CheckedVector>;
  /** The file that a vector is in, for messages. */
  toPath(sha256: string, known: IndexedVector | undefined): string;
  /** Every vector by its short hash, and its size. */
  list(): { readonly hash: string; readonly sizeBytes: number }[];
  /** Keeps a damaged vector for people to look at, where a new one would take its place. */
  setAside(sha256: string): void;
}

export interface WritableVectorStore extends VectorStore {
  read(sha256: string, known: IndexedVector | undefined): CheckedVector;
  /** @throws {TransientError} saying what to do about the disk */
  write(sha256: string, vector: Float32Array): LinePlace;
  /** Where a vector is that was read. */
  placeOf(sha256: string, known: IndexedVector | undefined): LinePlace;
  /** The file that takes the lines of this process. */
  readonly indexFile: string;
  /** Lines go to another file from now on, where there may be several. */
  changeIndexFile(): void;
}

/** A vector in a `.npy` file each, and their lines in the index that is shared with the older tool. */
export function createFileStore(folder: VectorFolder, paths: CachePaths): WritableVectorStore {
  const toPath = (sha256: string) => folder.toPath(toVectorName(sha256));
  const placeOf = (sha256: string): LinePlace => ({
    embeddingFile: paths.toLineName(paths.toFileName(toPath(sha256))),
  });
  return {
    path: folder.path,
    indexFile: paths.indexFile,
    changeIndexFile: () => undefined,
    read: (sha256, known) => folder.read(toVectorName(sha256), known?.vectorCrc32),
    toPath,
    placeOf,
    list: () => folder.list(),
    setAside: (sha256) => moveAside(toPath(sha256)),
    write: (sha256, vector) => {
      folder.write(toVectorName(sha256), vector);
      return placeOf(sha256);
    },
  };
}
