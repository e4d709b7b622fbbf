export { CheckpointError } from './checkpoint/checkpoint-error.js';
export {
  openCheckpoint,
  type Checkpoint,
  type CheckpointFormat,
} from './checkpoint/open-checkpoint.js';
export type { TensorInfo } from './checkpoint/tensor.js';
export { buildDemoCheckpoints } from './demo/demo-checkpoints.js';
export {
  buildDemoEncoder,
  buildDemoEncoderCheckpoint,
  type DemoEncoderOptions,
  type DemoEncoderSize,
} from './demo/demo-encoder.js';
export { writeDemoModels, type DemoModels } from './demo/write-demo-models.js';
export { toCropFeatures, toRankerFeatures, type ImageFeatures } from './features.js';
export {
  chooseEmbedder,
  chooseModels,
  identifyGraph,
  identifyModels,
  toModelsFolder,
  type ChosenModels,
  type EmbedderChoice,
  type GraphIdentity,
  type IdentifiedModels,
  type ModelChoice,
} from './models/choose-models.js';
export {
  describeModels,
  findModelByDigest,
  type DescribeOptions,
  type ModelFileState,
} from './models/describe-models.js';
export { sha256OfFile } from './models/digest-cache.js';
export { examineModel, type ExaminedModel } from './models/examine-model.js';
export {
  findModels,
  modelExtensions,
  type FoundModel,
  type FoundModels,
} from './models/find-models.js';
export { digestOfWeights, findWeights, type WeightsPlace } from './models/find-weights.js';
export {
  DigestMismatchError,
  importModel,
  type ImportedModel,
  type ImportOptions,
} from './models/import-model.js';
export {
  findKnownVectors,
  loadTrainedOn,
  type FindTrainedOn,
  type KnownVector,
} from './models/known-models.js';
export {
  loadModelRegistry,
  type ModelDescriptor,
  type ModelRegistry,
} from './models/model-registry.js';
export { prepareModel, type ModelKind, type PrepareOptions } from './models/prepare-model.js';
export {
  featureRecipesByName,
  resolveEmbedder,
  resolveModels,
  type FeatureRecipeName,
  type ResolvedEmbedder,
  type ResolvedModels,
  type ResolveModelsOptions,
} from './models/resolve-models.js';
export { tryModel, type TriedModel, type TryOptions } from './models/try-model.js';
export { buildClipImageTower, type ClipTowerOptions } from './onnx/build-clip-image-tower.js';
export { buildMlp, type MlpKind } from './onnx/build-mlp.js';
export { ModelShapeError, readMlpLayers, type MlpLayer } from './onnx/mlp-layers.js';
export { type OnnxModel } from './onnx/onnx-model.js';
export { writeOnnx } from './onnx/write-onnx.js';
export {
  createClipEncoder,
  type ClipEncoder,
  type ClipEncoderOptions,
} from './session/clip-encoder.js';
export { type InputKind } from './session/image-input.js';
export { isWorthSharing, shareWeights, type ShareWeightsOptions } from './session/share-weights.js';
export {
  listDevices,
  requireDevice,
  requireModelOnDevice,
  type DeviceState,
} from './session/devices.js';
export { INFERENCE_LIMIT_MS, InferenceClock } from './session/inference-clock.js';
export { watchInference } from './session/watch-inference.js';
export { peakResidentBytes } from './session/peak-resident-bytes.js';
export { onnxruntimeVersion } from './session/onnxruntime-version.js';
export { createMlpModel, type MlpModel, type MlpModelOptions } from './session/mlp-model.js';
export {
  createPredictor,
  type ImagePrediction,
  type Predictor,
  type PredictorModel,
  type PredictorOptions,
} from './session/predictor.js';
