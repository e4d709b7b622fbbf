import type { CacheStats, EmbeddingCacheReader, StoredVector, VectorState } from './cache-types.js';

/** From what can be used to what is not there. */
const STATES: readonly VectorState[] = ['sound', 'unchecked', 'damaged', 'unvouched', 'absent'];

/** Two caches of one recipe as one. What is in both is read from the first, unless it is damaged there. */
export function layerReaders(
  first: EmbeddingCacheReader,
  second: EmbeddingCacheReader,
): EmbeddingCacheReader {
  return {
    findAlias: (alias) => first.findAlias(alias) ?? second.findAlias(alias),
    findContent: (sha256) => first.findContent(sha256) ?? second.findContent(sha256),
    readVector: async (sha256) =>
      (await first.readVector(sha256)) ?? (await second.readVector(sha256)),
    async checkVector(sha256) {
      const state = await first.checkVector(sha256);
      if (state === 'sound') return state;
      const other = await second.checkVector(sha256);
      return STATES.indexOf(other) < STATES.indexOf(state) ? other : state;
    },
    async listVectors() {
      const byHash = new Map<string, StoredVector>();
      for (const vector of await second.listVectors()) byHash.set(vector.hash, vector);
      for (const vector of await first.listVectors()) byHash.set(vector.hash, vector);
      return [...byHash.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
    },
    stats: () => addStats(first.stats(), second.stats()),
  };
}

function addStats(first: CacheStats, second: CacheStats): CacheStats {
  return {
    folder: first.folder ?? second.folder,
    aliases: first.aliases + second.aliases,
    contents: first.contents + second.contents,
    ambiguousHashes: first.ambiguousHashes + second.ambiguousHashes,
    unreadableLines: first.unreadableLines + second.unreadableLines,
    damagedVectors: first.damagedVectors + second.damagedVectors,
  };
}
