import type { PredictionRecipe } from '@cullstream/contracts';
import type { Bus } from '@cullstream/bus';
import { openRunRecords } from '@cullstream/runtime';
import { readVersions } from '@cullstream/store';
import type { RecalledRun } from '../plan/recall-models.js';
import type { DeadEntry } from './dead-entry.js';

/** What is tried again with the same models. */
export interface EntriesOfRecipe {
  /** One of the runs that gave them up; undefined where nothing tells what they were made with. */
  readonly recalled: RecalledRun | undefined;
  readonly entries: readonly DeadEntry[];
}

/** Groups entries by what their runs were made with, as databases or else the broker tell it. */
export async function groupByRecipe(
  entries: readonly DeadEntry[],
  bus: Bus,
): Promise<EntriesOfRecipe[]> {
  const records = await openRunRecords(bus);
  const recipes = new Map<string, PredictionRecipe | undefined>();
  const groups = new Map<string, { recalled: RecalledRun | undefined; entries: DeadEntry[] }>();
  for (const entry of entries) {
    const { run } = entry;
    if (!recipes.has(run)) {
      const recorded = run === '' ? undefined : await records.get(run);
      recipes.set(run, storedRecipe(entry) ?? recorded?.recipe);
    }
    const recipe = recipes.get(run);
    const key = recipe?.id ?? '';
    const recalled = recipe === undefined ? undefined : { run, recipe };
    const group = groups.get(key) ?? { recalled, entries: [] };
    group.entries.push(entry);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function storedRecipe(entry: DeadEntry): PredictionRecipe | undefined {
  if (entry.kind !== 'image') return undefined;
  const versions = readVersions(entry.database.path, entry.project);
  return versions.find(({ runs }) => runs.some(({ run }) => run === entry.run))?.recipe;
}
