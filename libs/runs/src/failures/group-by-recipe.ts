import { groupBy } from '@cullstream/domain';
import type { PredictionRecipe, RunId } from '@cullstream/contracts';
import { readVersions } from '@cullstream/store';
import type { RecalledRun } from '../plan/recall-models.js';
import type { DeadEntry, FailedImage } from './dead-entry.js';

/** What is tried again with the same models. */
export interface EntriesOfRecipe {
  /** One of the runs that gave them up; undefined where nothing tells what they were made with. */
  readonly recalled: RecalledRun | undefined;
  readonly entries: readonly DeadEntry[];
}

type FindRecipe = (run: RunId) => Promise<PredictionRecipe | undefined>;

/**
 * Groups entries by what their runs were made with, as databases tell it.
 * @param recordedRecipe is asked for runs of which no database tells
 */
export async function groupByRecipe(
  entries: readonly DeadEntry[],
  recordedRecipe: FindRecipe,
): Promise<EntriesOfRecipe[]> {
  const recipes = storedRecipes(entries);
  for (const run of new Set(entries.map((entry) => entry.run))) {
    if (run === '' || recipes.has(run)) continue;
    const recipe = await recordedRecipe(run);
    if (recipe !== undefined) recipes.set(run, recipe);
  }
  const groups = groupBy(entries, ({ run }) => recipes.get(run)?.id);
  return [...groups.values()].map((ofRecipe) => {
    const [{ run }] = ofRecipe;
    const recipe = recipes.get(run);
    return { recalled: recipe && { run, recipe }, entries: ofRecipe };
  });
}

/** A project whose images have all failed does not tell the recipe of its run; the others of it do. */
function storedRecipes(entries: readonly DeadEntry[]): Map<RunId, PredictionRecipe> {
  const recipes = new Map<RunId, PredictionRecipe>();
  const images = entries.filter((entry): entry is FailedImage => entry.kind === 'image');
  for (const [{ run, project, database }] of groupBy(images, toKey).values()) {
    const recipe = recipes.get(run) ?? storedRecipe(database.path, project, run);
    if (recipe !== undefined) recipes.set(run, recipe);
  }
  return recipes;
}

const toKey = ({ run, database }: FailedImage) => `${run}\n${database.path}`;

function storedRecipe(path: string, project: string, run: RunId): PredictionRecipe | undefined {
  return readVersions(path, project).find(({ runs }) => runs.some((each) => each.run === run))
    ?.recipe;
}
