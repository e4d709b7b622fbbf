import { type ProjectTotals, type RunId } from '@cullstream/contracts';
import { type OwnDatabase } from '@cullstream/versions';
import { type ProjectProof } from './verify-project.js';

export interface VerifiedProject {
  readonly proof: ProjectProof;
  readonly database: OwnDatabase;
}

/** What is to be done again of a run of a project. */
export interface Gap {
  readonly database: OwnDatabase;
  readonly run: RunId;
  readonly project: ProjectTotals;
  /** Of the run's models and features; null while every image of it has failed. */
  readonly recipeId: string | null;
  readonly sequences: ReadonlySet<number>;
}
