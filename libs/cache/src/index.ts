export { type KnownContent, type KnownImage } from './cache-index.js';
export { type CacheLog } from './cache-log.js';
export {
  type CacheStats,
  type EmbeddingCache,
  type EmbeddingCacheOptions,
  type EmbeddingCacheReader,
  type StoredVector,
  type StoreRequest,
  type VectorState,
} from './cache-types.js';
export { inspectEmbeddingCache, openEmbeddingCache } from './embedding-cache.js';
export { inspectSharedCache, openSharedCache, type SharedCache } from './bucket/shared-cache.js';
export { openSharedSelfCheck, type SharedSelfCheck } from './bucket/shared-self-check.js';
export { toImageAlias, type ImageAlias } from './image-alias.js';
export { checkLegacy, type LegacySample, type LegacyVerdict } from './legacy-check.js';
export { loadLegacyIndex, type LegacyEmbedding, type LegacyIndex } from './legacy-index.js';
export { decodeNpy, encodeNpy, NpyFormatError } from './npy.js';
export { storeSelfCheck, readSelfCheck, selfCheckPath, type SelfCheck } from './self-check-file.js';
export { exportVectors, type ExportedVectors } from './packed/export-vectors.js';
export { removeIndexTables } from './table/remove-tables.js';
export { readVectorFile, type VectorFile } from './vector-file.js';
export { chooseVectorForm, type ChosenVectorForm } from './vector-form.js';
