import { toVectorName, type CacheIndex } from './cache-index.js';
import type { CacheLog } from './cache-log.js';
import type { EmbeddingCacheReader, StoredVector, VectorState } from './cache-types.js';
import { settle } from './settle.js';
import type { CheckedVector, VectorFolder } from './vector-folder.js';

interface ReaderParts {
  /** Undefined where this recipe has none yet. */
  readonly folder: VectorFolder | undefined;
  readonly index: CacheIndex;
  readonly log: CacheLog;
  /** Called for a damaged file; without it, damaged files stay where they are. */
  readonly setAside?: (path: string) => void;
}

export function createCacheReader(parts: ReaderParts): EmbeddingCacheReader {
  const { folder, index, log } = parts;
  let damagedVectors = 0;

  const read = (sha256: string): Float32Array | undefined => {
    if (folder === undefined || index.isAmbiguous(sha256)) return undefined;
    const file = readVouched(folder, index, sha256);
    if (file.state === 'sound') return file.vector;
    const path = folder.toPath(toVectorName(sha256));
    if (file.state === 'unvouched') {
      log.warn(
        { file: path },
        'a cached vector has no valid line in the cache index: computing it again',
      );
    }
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

  const check = (sha256: string): VectorState => {
    if (folder === undefined || index.isAmbiguous(sha256)) return 'absent';
    const file = readVouched(folder, index, sha256);
    return file.state === 'sound' && !file.isProven ? 'unchecked' : file.state;
  };

  return {
    findAlias: (alias) => index.findImage(alias),
    findContent: (sha256) => index.findContent(sha256),
    readVector: (sha256) => settle(() => read(sha256)),
    checkVector: (sha256) => settle(() => check(sha256)),
    listVectors: () => settle(() => (folder === undefined ? [] : listFolder(folder, index))),
    stats: () => ({ folder: folder?.path, ...index.counts, damagedVectors }),
  };
}

/** A vector that agrees with the index or the packed copy; without either it cannot be trusted. */
function readVouched(
  folder: VectorFolder,
  index: CacheIndex,
  sha256: string,
): CheckedVector | { readonly state: 'unvouched' } {
  const hash = toVectorName(sha256);
  const voucher = index.findVoucher(sha256);
  const file = folder.read(hash, voucher?.vectorCrc32);
  if (file.state === 'sound' && !file.isProven && voucher === undefined) {
    return { state: 'unvouched' };
  }
  // Another process may just have computed it again and appended a new line.
  return file.state === 'damaged' && index.refresh()
    ? folder.read(hash, index.findVoucher(sha256)?.vectorCrc32)
    : file;
}

function listFolder(folder: VectorFolder, index: CacheIndex): StoredVector[] {
  return folder.list().map((found) => ({ ...found, content: index.findByHash(found.hash) }));
}
