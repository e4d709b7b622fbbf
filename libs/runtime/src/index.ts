export { connectService, WORKING_EVERY_MS, type ServiceBus } from './connect-service.js';
export { createLogger, logLevels, type Logger, type LogLevel } from './logger.js';
export { openRunRecords, requireRun, type RunRecords } from './run-records.js';
export { exitCodes, runService, type Service, type ServiceDefinition } from './run-service.js';
export {
  cacheSetting,
  dataSetting,
  originalsSetting,
  serviceSettings,
} from './service-settings.js';
export { fileSource } from './settings-file.js';
export {
  environmentSource,
  parseSettings,
  toVariableName,
  type SettingsSchema,
  type SettingsSource,
} from './settings.js';
