import { preprocessingNames, type EmbeddingRecipe } from '@cullstream/contracts';
import { digestOfWeights } from '@cullstream/inference';
import { readCompletedRuns } from '@cullstream/store';
import type { RecalledRun } from '../plan/recall-models.js';
import type { ReplayOptions } from '../options.js';
import { listOwnDatabases } from '@cullstream/versions';
import { isInTime } from './is-in-time.js';

export interface ReplayedRun extends RecalledRun {
  /** Projects without vectors of its encoder. */
  readonly leftOut: readonly string[];
}

interface Candidate extends RecalledRun {
  readonly project: string;
  /** ISO 8601. */
  readonly completedAt: string;
}

/**
 * Which completed run a replay is about: the newest by the encoder that most of its projects have vectors
 * of, among those that fit what is named. Undefined where there is none.
 */
export async function findReplayedRun(settings: ReplayOptions): Promise<ReplayedRun | undefined> {
  const candidates = await listCandidates(settings);
  const projectsByRun = new Map<string, Set<string>>();
  for (const { project, recipe } of candidates) {
    const { id } = recipe.embedding;
    projectsByRun.set(id, (projectsByRun.get(id) ?? new Set()).add(project));
  }
  const coverage = ({ recipe }: Candidate) => projectsByRun.get(recipe.embedding.id)?.size ?? 0;
  const [best] = candidates.sort(
    (a, b) => coverage(b) - coverage(a) || (a.completedAt < b.completedAt ? 1 : -1),
  );
  if (best === undefined) return undefined;
  const covered = projectsByRun.get(best.recipe.embedding.id);
  const others = candidates.map(({ project }) => project).filter((name) => !covered?.has(name));
  return { run: best.run, recipe: best.recipe, leftOut: [...new Set(others)] };
}

async function listCandidates(settings: ReplayOptions): Promise<Candidate[]> {
  const { data, cache: cacheDir, project: projects, embedder } = settings;
  const sha256 = embedder === undefined ? undefined : await digestOfWeights(embedder, { cacheDir });
  const candidates: Candidate[] = [];
  for (const { path, project } of await listOwnDatabases(data)) {
    if (projects?.includes(project) === false) continue;
    for (const { progress, recipe } of readCompletedRuns(path, project)) {
      const { run, completedAt } = progress;
      if (recipe === null || completedAt === null || !isInTime(progress, settings)) continue;
      if (belongsTo(recipe.embedding, settings, sha256)) {
        candidates.push({ project, run, recipe, completedAt });
      }
    }
  }
  return candidates;
}

/** Whether vectors are of what is named; what is not named may be anything. */
function belongsTo(
  { model, preprocessing, precision, activation = 'quick-gelu' }: EmbeddingRecipe,
  named: ReplayOptions,
  sha256: string | undefined,
): boolean {
  const { preprocess, precision: asked = 'auto' } = named;
  return (
    (sha256 ?? model.sha256) === model.sha256 &&
    (preprocess === undefined || preprocessingNames[preprocess] === preprocessing) &&
    (asked === 'auto' || asked === precision) &&
    (named.activation ?? activation) === activation
  );
}
