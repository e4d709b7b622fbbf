export {
  createEmbeddingEngine,
  type EmbeddingEngine,
  type EngineOptions,
} from './embedding-engine.js';
export { type Embedded } from './engine-worker-handle.js';
