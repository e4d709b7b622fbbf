import {
  describeEmbedding,
  formatTime,
  type EmbeddingRecipe,
  type ReplayRequest,
} from '@cullstream/contracts';
import { readCompletedRuns, type RunProgress } from '@cullstream/store';
import type { OwnDatabase } from '@cullstream/versions';
import { isInTime, type ReplayedTime } from './is-in-time.js';

export interface FittingRuns {
  readonly fitting: readonly RunProgress[];
  /** Why there are none. */
  readonly problem?: string;
}

/** How many runs are named. */
const SHOWN = 5;

/** Says that none of a project's completed runs fits, and which there are, newest first. */
export function describeNoFit(runs: readonly RunProgress[]): string {
  if (runs.length === 0) return 'no completed run fits: it has none';
  const named = runs
    .slice(-SHOWN)
    .reverse()
    .map(({ run, completedAt }) => `${run} (finished ${formatTime(completedAt ?? '')})`);
  const more = runs.length > SHOWN ? `, and ${runs.length - SHOWN} earlier` : '';
  return `no completed run fits; there are: ${named.join(', ')}${more}`;
}

/** Of a project, the runs over the images of the newest one that fits a request; newest first. */
export function findFittingRuns(
  { path, project }: OwnDatabase,
  request: ReplayedTime & Pick<ReplayRequest, 'from'>,
  embedding: EmbeddingRecipe,
): FittingRuns {
  const completed = readCompletedRuns(path, project);
  const inTime = completed.filter(({ progress }) => isInTime(progress, request));
  if (inTime.length === 0) {
    return { fitting: [], problem: describeNoFit(completed.map(({ progress }) => progress)) };
  }
  // A predictor takes vectors of one recipe only. Where every image failed, there is no vector.
  const usable = inTime.filter(
    ({ recipe }) =>
      request.from === 'images' || recipe === null || recipe.embedding.id === embedding.id,
  );
  const newest = usable.at(-1)?.progress;
  if (newest === undefined) {
    const others = inTime.flatMap(({ recipe }) =>
      recipe ? [describeEmbedding(recipe.embedding)] : [],
    );
    return {
      fitting: [],
      problem:
        `its embeddings are of ${[...new Set(others)].join(', ')}, not of ${describeEmbedding(embedding)}; ` +
        'give that ‹embedder›, ‹preprocess›, ‹precision› and ‹activation›, or replay ‹from=images›',
    };
  }
  const fitting = usable
    .map(({ progress }) => progress)
    .filter(({ project: totals }) => totals.catalogue === newest.project.catalogue);
  return { fitting: fitting.reverse() };
}
