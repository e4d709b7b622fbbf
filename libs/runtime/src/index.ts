export { closeAfter } from './close-after.js';
export { collectSettings, readDefault, type UsedSetting } from './collect-settings.js';
export { connectService, WORKING_EVERY_MS, type ServiceBus } from './connect-service.js';
export { describeElsewhere } from './describe-elsewhere.js';
export { describeLogEntry, type LogEntry } from './describe-log-entry.js';
export {
  describeSystemError,
  isPathError,
  isSystemError,
  withoutRawErrors,
} from './describe-system-error.js';
export {
  FOLDER_MARKER,
  openDataFolder,
  readFolderId,
  type DataFolder,
} from './folders/data-folder.js';
export { refuseReplacing } from './folders/refuse-replacing.js';
export { targetSettings } from './folders/target-settings.js';
export { refuseWritesIntoOriginals } from './folders/refuse-writes-into-originals.js';
export { checkDataFolder } from './health/check-folder.js';
export { createHealth, type Health, type HealthCheck, type Readiness } from './health/health.js';
export { startHealthServer, type HealthServer } from './health/health-server.js';
export {
  createImagePublisher,
  createImageStage,
  type ImagePublisher,
  type ImageStage,
} from './image-stage.js';
export { readLastRates, storeLastRates, type LastRates } from './last-rates.js';
export { homeFolder } from './home-folder.js';
export { listRuns } from './list-runs.js';
export { logUnexpectedError } from './log-unexpected-error.js';
export { toLoggedWarning, type LoggedWarning } from './logged-warning.js';
export {
  describeNativeProblem,
  findNativeProblem,
  isWantOfMemory,
  type Host,
} from './native-problem.js';
export { createLogger, logLevels, type Logger, type LogLevel } from './logger.js';
export {
  createServiceMetrics,
  type ServiceMetrics,
  type TimedStage,
} from './metrics/service-metrics.js';
export { openPartitions, type Partitions } from './partitions/open-partitions.js';
export { noLocks, openProjectLocks, type ProjectLocks } from './partitions/project-locks.js';
export { pause, untilAborted } from './pause.js';
export { guardService, type GuardedService, type RecipeGuard } from './recipe-guard.js';
export { openRunRecords, requireRun, requireWholeRun, type RunRecords } from './run-records.js';
export {
  FATAL_MESSAGE,
  exitCodes,
  runService,
  STOP_DEADLINE_MS,
  type Service,
  type ServiceDefinition,
} from './run-service.js';
export { serveProcess } from './serve-process.js';
export { type ServiceContext } from './service-context.js';
export {
  bytesSetting,
  cacheSetting,
  dataSetting,
  originalsSetting,
  notificationSettings,
  pageSettings,
  readTimeoutSetting,
  serviceSettings,
  traceSettings,
} from './service-settings.js';
export { newPageToken, toPageToken } from './page-token.js';
export { didYouMean } from './user-files/did-you-mean.js';
export { knownVariables } from './user-files/known-variables.js';
export { findUnknownVariables } from './user-files/unknown-variables.js';
export { describeUnknownNames, listNames, suggestName } from './user-files/unknown-names.js';
export { readUserFile, type UserFile } from './user-files/read-user-file.js';
export { fileSource } from './user-files/settings-file.js';
export { createStartMarks, type StartMarks } from './start-marks.js';
export { traceDeliveries, traceDelivery } from './tracing/trace-deliveries.js';
export { type Span, type Tracing } from './tracing/tracing.js';
export { createWarningRelay } from './warning-relay.js';
export {
  integerWithin,
  localPath,
  nameList,
  onOrOff,
  pointInTime,
  positiveInteger,
  positiveNumber,
  share,
  timeOfDay,
  vectorsChoice,
} from './setting-types.js';
export {
  environmentSource,
  parseSettings,
  toVariableName,
  writeVariable,
  type SettingsSchema,
  type SettingsSource,
} from './settings.js';

export {
  type DataLock,
  lockData,
  lockForServices,
  programFolder,
  tryLockData,
} from './folders/data-lock.js';
export { refuseFiles } from './folders/refuse-files.js';
export { requireAnswers } from './folders/require-answers.js';
export { requireDataFolder } from './folders/require-data-folder.js';
