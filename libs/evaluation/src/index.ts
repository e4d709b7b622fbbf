export { evaluateVersions, type EvaluationOptions } from './evaluate-versions.js';
export type { Evaluation, ProjectEvaluation, VersionEvaluation } from './evaluation.js';
export type { Calibration, CalibrationBin } from './measures/calibration.js';
export type { Disagreement, Disagreements } from './measures/disagreements.js';
export type { Interval, Measured } from './measures/intervals.js';
export type { GroupCounts, Measures } from './measures/measure.js';
export {
  cropRules,
  type CropMeasures,
  type CropRule,
  type Nearness,
} from './measures/measure-crops.js';
export type { PickMeasures, PicksOfSize } from './measures/measure-picks.js';
export type { Verdict, VerdictKind } from './measures/verdict.js';
export { pickRules, type PickRule } from './rules/pick-rules.js';
export { toEvaluationPage } from './page/evaluation-page.js';
export { toPicturesOfEvaluation } from './page/pictures-of-evaluation.js';
export { formatEvaluation } from './text/format-evaluation.js';
