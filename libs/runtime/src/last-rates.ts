import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unguardedFolder, writeFileAtomic, type GuardedFolder } from '@cullstream/files';
import { z } from 'zod';

const lastRates = z.object({
  /** Images a second; null where the run had none of the kind. */
  embed: z.number().positive().nullable(),
  cached: z.number().positive().nullable(),
  run: z.string(),
  measuredAt: z.iso.datetime(),
});
/** The rates of the last run with an embedding recipe (weights, precision and preprocessing). */
export type LastRates = Readonly<z.infer<typeof lastRates>>;

const byRecipe = z.record(z.string(), lastRates);

/**
 * The rates of the last run in a data folder, by the id of an embedding recipe. If they cannot be read,
 * they count as unknown.
 */
export async function readLastRates(
  dataDir: string,
  recipeId: string,
): Promise<LastRates | undefined> {
  return (await readAll(dataDir))[recipeId];
}

/**
 * Stores the rates of a run. A rate that the run did not measure keeps its earlier value.
 * @param folder the data folder
 * @throws if it cannot be written, or another one is in its place
 */
export async function storeLastRates(
  dataDir: string,
  recipeId: string,
  rates: LastRates,
  folder: GuardedFolder = unguardedFolder,
): Promise<void> {
  folder.makeFolder(dirname(pathIn(dataDir)));
  const all = await readAll(dataDir);
  const known = all[recipeId];
  const merged = {
    ...rates,
    embed: rates.embed ?? known?.embed ?? null,
    cached: rates.cached ?? known?.cached ?? null,
  };
  await writeFileAtomic(
    pathIn(dataDir),
    `${JSON.stringify({ ...all, [recipeId]: merged }, null, 1)}\n`,
  );
}

async function readAll(dataDir: string): Promise<z.infer<typeof byRecipe>> {
  try {
    return byRecipe.parse(JSON.parse(await readFile(pathIn(dataDir), 'utf8')));
  } catch {
    return {};
  }
}

function pathIn(dataDir: string): string {
  return join(dataDir, '.cullstream', 'last-rates.json');
}
