import type { ComparedVersion } from '@cullstream/report';
import type { Disagreements } from './measures/disagreements.js';
import type { Measures } from './measures/measure.js';

/** How good the predictions of every version are. Shares and boxes are in [0, 1]; null means unknown. */
export interface Evaluation {
  /** Projects that the models were trained on, as the caller named them: they are no evidence. */
  readonly trainedOn: readonly string[];
  /** Names among these that no project has. */
  readonly unknownTrainedOn: readonly string[];
  /** Projects whose choices are not known. */
  readonly withoutTruth: readonly string[];
  /** In the order of their first use. */
  readonly versions: readonly VersionEvaluation[];
}

export interface VersionEvaluation extends ComparedVersion {
  /** Projects that its ranker or crop proposer was trained on, from their descriptions: no evidence either. */
  readonly trainedOn: readonly string[];
  readonly projects: readonly ProjectEvaluation[];
  /** Over all projects. */
  readonly total: Measures;
  /** Over the projects that the models were not trained on. Only these measures have verdicts. */
  readonly untrained: Measures;
  /** Projects with a truth that the version never completed. */
  readonly notCompleted: readonly string[];
  /** Worst disagreements in all projects. */
  readonly worst: Disagreements;
}

export interface ProjectEvaluation extends Measures {
  readonly project: string;
  readonly isTrainedOn: boolean;
  readonly run: string;
  /** When the run ended, and when the first and last finished image or crop was made: ISO 8601, UTC. */
  readonly completedAt: string | null;
  readonly firstChoiceAt: string | null;
  readonly lastChoiceAt: string | null;
}
