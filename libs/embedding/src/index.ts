export {
  createEmbeddingEngine,
  type EmbeddingEngine,
  type EngineOptions,
} from './embedding-engine.js';
export {
  embedBuiltInImages,
  findVectorDrift,
  type ImageVector,
} from './self-check/check-vectors.js';
export { findPixelDrift } from './self-check/find-pixel-drift.js';
export { type Embedded } from './engine-worker-handle.js';
