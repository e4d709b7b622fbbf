import type { RunRecord } from '@cullstream/contracts';
import type { HistoryPoint } from '../rate-history.js';
import type { FindPicture } from './diff-page.js';
import type { SampleDecision } from './choose-samples.js';
import type { ProjectDecisions } from './project-decisions.js';

/** What the report of a run shows in addition to its summary. Unknown parts are left out. */
export interface ReportDetails {
  readonly record?: Pick<RunRecord, 'recipe' | 'options' | 'projects' | 'estimate'>;
  /** How many images had ended at each time. */
  readonly history?: readonly HistoryPoint[];
  readonly decisions?: readonly ProjectDecisions[];
  readonly samples?: readonly SampleDecision[];
  readonly findPicture?: FindPicture;
}
