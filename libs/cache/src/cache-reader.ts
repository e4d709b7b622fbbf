import { hashOf, type CacheIndex } from './cache-index.js';
import type { CacheLog } from './cache-log.js';
import type { EmbeddingCacheReader, StoredVector } from './cache-types.js';
import { settle } from './settle.js';
import type { VectorFolder } from './vector-folder.js';

interface ReaderParts {
  /** Undefined where this recipe has none yet. */
  readonly folder: VectorFolder | undefined;
  readonly index: CacheIndex;
  readonly log: CacheLog;
  /** What to do with a damaged file; nothing without it. */
  readonly setAside?: (path: string) => void;
}

export function createCacheReader(parts: ReaderParts): EmbeddingCacheReader {
  const { folder, index, log } = parts;
  let damagedVectors = 0;

  const read = (sha256: string): Float32Array | undefined => {
    if (folder === undefined || index.isAmbiguous(sha256)) return undefined;
    const file = folder.read(hashOf(sha256));
    if (file.state === 'sound') return file.vector;
    if (file.state === 'damaged') {
      const path = folder.pathOf(hashOf(sha256));
      damagedVectors += 1;
      log.warn(
        { file: path, problem: file.problem },
        'a cached vector is damaged: computing it again',
      );
      parts.setAside?.(path);
    }
    return undefined;
  };

  return {
    findAlias: (alias) => index.findImage(alias),
    findContent: (sha256) => index.findContent(sha256),
    readVector: (sha256) => settle(() => read(sha256)),
    listVectors: () => settle(() => (folder === undefined ? [] : listFolder(folder, index))),
    stats: () => ({ folder: folder?.path, ...index.counts, damagedVectors }),
  };
}

function listFolder(folder: VectorFolder, index: CacheIndex): StoredVector[] {
  return folder.list().map((found) => ({ ...found, content: index.findByHash(found.hash) }));
}
