export {
  isSameFailure,
  type Acceptance,
  type Acceptances,
  type FailureIdentity,
} from './accepted/acceptance.js';
export {
  changeAcceptances,
  readAcceptances,
  type ReadAcceptances,
} from './accepted/acceptances-file.js';
export {
  findAccepted,
  type AcceptedInProject,
  type FoundAcceptances,
} from './accepted/find-accepted.js';
export {
  identifyImage,
  identifyMessage,
  identifyProject,
  projectFailure,
} from './accepted/identify-failure.js';
export { APPLICATION_ID, isCullstreamDatabase, readApplicationId } from './application-id.js';
export { DatabaseError, DatabaseReadWriteError, type DatabaseProblem } from './database-error.js';
export {
  readDatabaseFacts,
  readEmbeddings,
  type DatabaseFacts,
  type StoredEmbedding,
} from './database-facts.js';
export {
  DATABASE_FOLDER,
  locateDatabase,
  type DatabaseLocation,
  type DatabaseOwner,
} from './database-location.js';
export { projectOfDatabase } from './database-names.js';
export { listDatabaseProjects } from './list-database-projects.js';
export { findRowDamage, type RowDamage } from './row-damage/find-row-damage.js';
export { removeRowDamage } from './row-damage/remove-row-damage.js';
export { setDatabaseAside } from './set-database-aside.js';
export { readExistingGroups, type ExistingGroups } from './existing-groups.js';
export type { ImageResult } from './prediction-row.js';
export {
  createProjectDatabase,
  openProjectDatabase,
  type AppliedRun,
  type ApplyResult,
  type ProjectDatabase,
  type ProjectDatabaseOptions,
  type RejectedResult,
} from './project-database.js';
export {
  findCompletedRun,
  readProjectState,
  readRuns,
  type ProjectState,
} from './project-state.js';
export { toRunStart, type Failure, type RunProgress } from './run-progress.js';
export { readDecisions, type StoredDecision } from './stored-decisions.js';
export { readFailures, type StoredFailure } from './stored-failures.js';
export { requireSqlite, Sqlite } from './sqlite.js';
export type { ConfidenceDistribution, DecisionStatistics } from './validate/decision-statistics.js';
export type { Check, Finding } from './validate/finding.js';
export {
  validateDatabase,
  type Validation,
  type ValidationOptions,
} from './validate/validate-database.js';
export { hasMergeBackup } from './merge/backup.js';
export { applyMerge, planMerge, type AppliedMerge, type MergeOptions } from './merge/merge.js';
export {
  hasChanges,
  type AiColumn,
  type UnmergedReason,
  type MatchColumn,
  type MergeReport,
} from './merge/merge-report.js';
export { undoMerge, type UndoneMerge } from './merge/undo-merge.js';
export {
  lastPromotion,
  promoteVersion,
  undoPromotion,
  type PromotionResult,
  type UndoResult,
} from './promote/promote.js';
export { type GroundTruth, type TruthAction, type TruthMethod } from './truth/ground-truth.js';
export { readChoices, type PersonsChoice, type TruthSource } from './truth/read-choices.js';
export { openTruthDatabase, type TruthDatabase } from './truth/truth-database.js';
export { isBeyondUserColumns } from './truth/user-columns.js';
export { readScoredDecisions, type ScoredDecision } from './scored-decisions.js';
export { readImages, type StoredImage, type StoredOutcome } from './stored-images.js';
export {
  readProposals,
  readRunDecisions,
  type ImageProposal,
  type VersionDecision,
} from './versions/read-run-decisions.js';
export {
  readCompletedRuns,
  readVersions,
  type CompletedRun,
  type StoredVersion,
} from './versions/read-versions.js';
export { readRunGroups, type GroupImage, type RunGroup } from './versions/read-run-groups.js';
export { readImageSources, type CataloguedSource } from './versions/read-image-sources.js';
export { fingerprintDatabase, withOneCopy } from './private-copy.js';
export {
  readRecentResults,
  type RecentResults,
  type RecentSelection,
} from './versions/read-recent.js';
