export {
  chooseEmbedder,
  chooseModels,
  type ChosenModels,
  type EmbedderChoice,
  type ModelChoice,
} from './models/choose-models.js';
export { findModels, type FoundModel, type FoundModels } from './models/find-models.js';
export {
  resolveEmbedder,
  resolveModels,
  type ResolvedEmbedder,
  type ResolvedModels,
} from './models/resolve-models.js';
export { createClipEncoder, type ClipEncoder } from './session/clip-encoder.js';
export { createPredictor, type Predictor } from './session/predictor.js';
export { writeDemoModels, type DemoModels } from './demo/write-demo-models.js';
