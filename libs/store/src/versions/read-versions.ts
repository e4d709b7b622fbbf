import type BetterSqlite3 from 'better-sqlite3';
import type { PredictionRecipe } from '@cullstream/contracts';
import { withPrivateCopy } from '../private-copy.js';
import { toRunProgress, type RunProgress } from '../run-progress.js';
import type { RunRow } from '../schema.js';
import { readColumns } from '../table-columns.js';

/** The version that one prediction recipe made of a project. */
export interface StoredVersion {
  /** Id of the prediction recipe. */
  readonly version: string;
  readonly recipe: PredictionRecipe;
  /** Runs with this recipe, completed or not, oldest first. */
  readonly runs: readonly RunProgress[];
  /** The newest run that has a result for every image. Comparisons and promotions use it. */
  readonly newestCompleted: RunProgress | undefined;
  /** Number of rows of `ai_decisions` whose AI columns are of this version. */
  readonly currentRows: number;
}

/**
 * Every version in a database of ours, in the order of their first use; none in others. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readVersions(path: string, project: string): StoredVersion[] {
  return withPrivateCopy(path, (sqlite) => readOpenVersions(sqlite, project));
}

/** As {@link readVersions}, on an open database. */
export function readOpenVersions(sqlite: BetterSqlite3.Database, project: string): StoredVersion[] {
  if (readColumns(sqlite, 'recipes').size === 0) return [];
  const recipes = sqlite
    .prepare<[], { id: string; recipe: string }>(
      'SELECT id, recipe FROM recipes ORDER BY first_used_at, id',
    )
    .all();
  const runs = sqlite.prepare<[string], RunRow>('SELECT * FROM runs WHERE recipe = ? ORDER BY run');
  const current = sqlite
    .prepare<[string], number>('SELECT COUNT(*) FROM ai_decisions WHERE prediction_recipe = ?')
    .pluck();
  return recipes.map(({ id, recipe }) => {
    const ofVersion = runs.all(id).map((row) => toRunProgress(project, row, []));
    return {
      version: id,
      recipe: JSON.parse(recipe) as PredictionRecipe,
      runs: ofVersion,
      newestCompleted: ofVersion.findLast(({ completedAt }) => completedAt !== null),
      currentRows: current.get(id) ?? 0,
    };
  });
}

/** A run that has a result for every image, with its recipe. */
export interface CompletedRun {
  readonly progress: RunProgress;
  /** Null if every image failed, so that no model was used. */
  readonly recipe: PredictionRecipe | null;
}

/** @throws {DatabaseError} when the file is damaged, no database or not readable. */
export function readCompletedRuns(path: string, project: string): CompletedRun[] {
  return withPrivateCopy(path, (sqlite) => {
    if (readColumns(sqlite, 'runs').size === 0) return [];
    return sqlite
      .prepare<[], RunRow & { recipe_json: string | null }>(
        `SELECT runs.*, recipes.recipe AS recipe_json FROM runs
         LEFT JOIN recipes ON recipes.id = runs.recipe
         WHERE completed_at IS NOT NULL ORDER BY run`,
      )
      .all()
      .map((row) => ({
        progress: toRunProgress(project, row, []),
        recipe: row.recipe_json === null ? null : (JSON.parse(row.recipe_json) as PredictionRecipe),
      }));
  });
}
