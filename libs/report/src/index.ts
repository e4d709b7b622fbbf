export {
  abandonProject,
  applyResult,
  countFinishedImages,
  isFinished,
  toInitialProgress,
  type ProjectProgress,
} from './run-progress.js';
export { formatSeconds } from './format-seconds.js';
export { type Estimate } from '@cullstream/domain';
export { Throughput, defaultRates, type RatesInUse } from './throughput.js';
export { toLogLine, toRejectedLogLine, type LogLine } from './to-log-line.js';
export {
  logFile,
  serviceLogFile,
  toSummary,
  toSummaryName,
  describeWarnings,
} from './to-summary.js';
export {
  type AcceptedBecause,
  type DeadLetterSummary,
  type ProjectSummary,
  type Summary,
} from './summary.js';
export { toProjectStatuses } from './to-project-statuses.js';
export { WorkingTime, type WorkingStretch } from './working-time.js';
export { hasOpenFailures } from './has-open-failures.js';
export { compareGroups, measureDifference } from './diff/compare-groups.js';
export { toQuantile, type Distribution } from './diff/distribution.js';
export {
  findChosen,
  pairDecisions,
  type DecidedGroupOf,
  type Proposals,
  type UserRow,
  type VersionOutputs,
} from './diff/pair-decisions.js';
export {
  type Agreement,
  type ComparedVersion,
  type DiffMeasures,
  type GroupDifference,
  type GroupPair,
  type ProjectDiff,
  type VersionDiff,
} from './diff/version-diff.js';
export { RateHistory, type HistoryPoint } from './rate-history.js';
export {
  addUpImages,
  countFinished,
  describeCounts,
  describeStatus,
} from './text/describe-status.js';
export { describeModels, formatDiff } from './text/format-diff.js';
export { formatTable, type TableLimits, type TableRow } from './text/format-table.js';
export { limitItems, limitLines, listExamples, MOST_LINES } from './text/limit-items.js';
export { formatSummary } from './text/summary-text.js';
export { fitColumns, wrapText } from './text/wrap-text.js';
