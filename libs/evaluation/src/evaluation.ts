import type { ComparedVersion } from '@cullstream/report';
import type { Disagreements } from './measures/disagreements.js';
import type { Measures } from './measures/measure.js';

/** How good the predictions of every version are. Shares and boxes are in [0, 1]; null is not known. */
export interface Evaluation {
  /** Projects that the models were trained on, as the caller named them: they are no evidence. */
  readonly trainedOn: readonly string[];
  /** Names among these that no project has. */
  readonly unknownTrainedOn: readonly string[];
  /** Projects of which nothing is known of what the person chose. */
  readonly withoutTruth: readonly string[];
  /** The one that was used first first. */
  readonly versions: readonly VersionEvaluation[];
}

export interface VersionEvaluation extends ComparedVersion {
  /** Projects that its ranker or crop proposer was trained on, as their descriptors say: no evidence either. */
  readonly trainedOn: readonly string[];
  readonly projects: readonly ProjectEvaluation[];
  /** Over all projects. */
  readonly total: Measures;
  /** Over the projects that the models were not trained on: what counts. The verdicts are in here. */
  readonly untrained: Measures;
  /** Projects with a truth that the version never completed. */
  readonly notCompleted: readonly string[];
  /** Of all projects. */
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
