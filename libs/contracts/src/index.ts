export {
  bytesAnswer,
  bytesModes,
  bytesRequest,
  bytesSubject,
  type BytesAnswer,
  type BytesMode,
  type BytesRequest,
} from './bytes-exchange.js';
export {
  decodeEvent,
  countVectorBytes,
  encodeEvent,
  MalformedEventError,
  toMessageId,
  toRetryId,
  tryDecodeEvent,
  type CullEvent,
  type EventType,
  type ImageEvent,
  type ResultEvent,
} from './codec.js';
export { decodeMessage, tryDecodeMessage, type EventMessage } from './decode-message.js';
export { deviceChoices, devices, type Device, type DeviceChoice } from './devices.js';
export { isBucketAddress, toBucketAddress, type BucketAddress } from './bucket-address.js';
export { counted, formatCount, describeNone, toPlural } from './counted.js';
export { formatTime } from './format-time.js';
export {
  describeDifference,
  describeEmbedding,
  describeEncoding,
  describeFeatures,
} from './describe-recipe.js';
export { describeIssue, describeProblems } from './describe-issue.js';
export { EVENT_VERSION, type GroupMembership, type ProjectTotals } from './events/common.js';
export {
  EMBEDDING_LENGTH,
  type EmbeddingOrigin,
  type ImageEmbedded,
} from './events/image-embedded.js';
export { type ImageFailed } from './events/image-failed.js';
export { type ImageFound } from './events/image-found.js';
export { type ImagePredicted } from './events/image-predicted.js';
export {
  type ProjectCataloged,
  type ProjectCompleted,
  type ProjectCounts,
  type ProjectFailed,
  type ProjectProgressed,
} from './events/results.js';
export {
  ConfigurationError,
  failureReasons,
  sourceFailureReasons,
  PermanentError,
  TransientError,
  type FailureReason,
} from './failure.js';
export { toWords, writeSettings, type WriteSetting } from './write-settings.js';
export {
  fileSource,
  imageSource,
  zipEntrySource,
  type FileSource,
  type ImageSource,
  type ZipEntrySource,
} from './image-source.js';
export { toImageFailed } from './to-image-failed.js';
export { newRunId, toCompactTime } from './new-run-id.js';
export {
  projectName,
  runId,
  STAGING_SUFFIX,
  toProjectName,
  type ProjectName,
  type RunId,
} from './names.js';
export {
  IMAGE_SIDE_PX,
  activations,
  approvablePrecisions,
  embeddingRecipe,
  featureRecipes,
  features,
  modelFile,
  precisionChoices,
  precisions,
  predictionModel,
  predictionRecipe,
  preprocessingNames,
  preprocessings,
  sha256Hex,
  shortDigest,
  type Activation,
  type ApprovablePrecision,
  type Precision,
  type PrecisionChoice,
  type Preprocessing,
  type EmbeddingRecipe,
  type Features,
  type ModelFile,
  type PredictionModel,
  type PredictionRecipe,
} from './recipe.js';
export {
  recipeAnswer,
  recipesSubject,
  weightedServices,
  type RecipeAnswer,
  type WeightedService,
} from './recipes-exchange.js';
export {
  isUnfinished,
  toRunLists,
  legacyCacheModes,
  projectStates,
  replayOrigin,
  replayRequest,
  replayStages,
  runLists,
  runOptions,
  runRecord,
  runStates,
  runStatus,
  storedRun,
  toRunHead,
  toRunRecord,
  type ImageFailure,
  type LegacyCacheMode,
  type PlannedProject,
  type ProjectState,
  type RejectedSource,
  type ReplayOrigin,
  type ReplayRequest,
  type RunHead,
  type RunLists,
  type RunOptions,
  type RunRecord,
  type RunState,
  type RunStatus,
  type SkippedProject,
} from './run-record.js';
export { serviceWarning, type ServiceWarning } from './service-warning.js';
export {
  deadLetterSubject,
  fromSubjectToken,
  stages,
  statusSubject,
  toSubject,
  toSubjectFilter,
  toSubjectToken,
  warningSubject,
  type Stage,
} from './subjects.js';
export {
  toVectorsChoice,
  vectorFormChoices,
  type VectorForm,
  type VectorFormChoice,
  type VectorsChoice,
} from './vector-forms.js';
