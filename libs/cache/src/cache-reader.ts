import type { CacheIndex, IndexedVector } from './cache-index.js';
import type { CacheLog } from './cache-log.js';
import type { EmbeddingCacheReader, StoredVector, VectorState } from './cache-types.js';
import { settle } from './settle.js';
import type { CheckedVector } from './vector-folder.js';
import type { VectorStore } from './vector-store.js';

interface ReaderParts {
  /** Undefined where this recipe has none yet. */
  readonly store: VectorStore | undefined;
  readonly index: CacheIndex;
  readonly log: CacheLog;
  /** Without it, damaged files stay where they are. */
  readonly setsAside?: boolean;
}

export function createCacheReader(parts: ReaderParts): EmbeddingCacheReader {
  const { store, index, log } = parts;
  let damagedVectors = 0;

  const read = async (sha256: string): Promise<Float32Array | undefined> => {
    const known = index.findVector(sha256);
    if (store === undefined || known === 'ambiguous') return undefined;
    const file = await readVouched({ store, index, sha256 }, known);
    if (file.state === 'sound') return file.vector;
    if (file.state === 'absent') return undefined;
    const path = store.toPath(sha256, known);
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
      if (parts.setsAside === true) store.setAside(sha256);
    }
    return undefined;
  };

  const check = async (sha256: string): Promise<VectorState> => {
    const known = index.findVector(sha256);
    if (store === undefined || known === 'ambiguous') return 'absent';
    const file = await readVouched({ store, index, sha256 }, known);
    return file.state === 'sound' && !file.isProven ? 'unchecked' : file.state;
  };

  return {
    findAlias: (alias) => index.findImage(alias),
    findContent: (sha256) => index.findContent(sha256),
    readVector: read,
    checkVector: check,
    listVectors: () => settle(() => (store === undefined ? [] : listStore(store, index))),
    stats: () => ({ folder: store?.path, ...index.counts, damagedVectors }),
  };
}

interface Wanted {
  readonly store: VectorStore;
  readonly index: CacheIndex;
  readonly sha256: string;
}

/** A vector that agrees with the index or the packed copy; without either it cannot be trusted. */
async function readVouched(
  { store, index, sha256 }: Wanted,
  known: IndexedVector | undefined,
): Promise<CheckedVector | { readonly state: 'unvouched' }> {
  // Without a promise where the store gives none: reading a local vector takes microseconds.
  const reading = store.read(sha256, known);
  const file = reading instanceof Promise ? await reading : reading;
  if (file.state === 'sound' && !file.isProven && known === undefined) {
    return { state: 'unvouched' };
  }
  if (file.state !== 'damaged' || !index.refresh(true)) return file;
  // Another process may just have computed it again and appended a new line.
  const renewed = index.findVector(sha256);
  return renewed === 'ambiguous' ? { state: 'absent' } : store.read(sha256, renewed);
}

function listStore(store: VectorStore, index: CacheIndex): StoredVector[] {
  return store.list().map((found) => ({ ...found, content: index.findByHash(found.hash) }));
}
