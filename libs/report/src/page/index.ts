export { toDiffPage, type FindPicture } from './diff-page.js';
export { nothing, toDocument, toFixed, toPercent, toPicture, type Piece } from './page-parts.js';
export { PLOT, shortenName, toFrame, toPlot } from './plot-frame.js';
export { plotHistogram } from './plot-histogram.js';
export { toSummaryPage } from './summary-page.js';
export { toProjectDecisions, type ProjectDecisions } from './project-decisions.js';
export { chooseSamples, type SampleDecision } from './choose-samples.js';
export { type ReportDetails } from './report-details.js';
