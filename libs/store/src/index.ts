export { openProjectDatabase, type ProjectDatabase } from './project-database.js';
export { locateDatabase } from './database-location.js';
export { readExistingGroups } from './existing-groups.js';
export { readProjectState } from './project-state.js';
export type { ConfidenceDistribution, DecisionStatistics } from './validate/decision-statistics.js';
export type { Check, Finding } from './validate/finding.js';
export {
  validateDatabase,
  validateFolder,
  type Validation,
  type ValidationOptions,
} from './validate/validate-database.js';
