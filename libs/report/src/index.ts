export {
  abandon,
  applyResult,
  finishedImages,
  isFinished,
  toInitialProgress,
  type ProjectProgress,
} from './run-progress.js';
export { Throughput } from './throughput.js';
export { toLogLine, type LogLine } from './to-log-line.js';
export {
  logFile,
  toSummary,
  toSummaryName,
  type ProjectSummary,
  type Summary,
} from './to-summary.js';
export { toSummaryPage } from './to-summary-page.js';
