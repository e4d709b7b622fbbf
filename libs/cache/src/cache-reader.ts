import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, type CacheIndex } from './cache-index.js';
import type { CacheLog } from './cache-log.js';
import type { EmbeddingCacheReader, StoredVector } from './cache-types.js';
import { settle } from './settle.js';
import { toStorageFault } from './storage-fault.js';
import { readVectorFile } from './vector-file.js';

interface ReaderParts {
  readonly folder: string | undefined;
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
    const path = join(folder, `${hashOf(sha256)}.npy`);
    const file = readVectorFile(path);
    if (file.state === 'sound') return file.vector;
    if (file.state === 'damaged') {
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
    stats: () => ({ folder, ...index.counts, damagedVectors }),
  };
}

function listFolder(folder: string, index: CacheIndex): StoredVector[] {
  return namesIn(folder).flatMap((name) => {
    const hash = /^([0-9a-f]{16})\.npy$/.exec(name)?.[1];
    if (hash === undefined) return [];
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    if (found === undefined) return [];
    return { hash, sizeBytes: found.size, content: index.findByHash(hash) };
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (cause) {
    throw toStorageFault('cannot list the vectors in', folder, cause);
  }
}
