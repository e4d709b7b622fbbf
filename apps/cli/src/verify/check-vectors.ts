import { inspectEmbeddingCache } from '@cullstream/cache';
import type { Logger } from '@cullstream/runtime';
import { readEmbeddings, type DatabaseFacts } from '@cullstream/store';
import { isTaken } from './take-evenly.js';

export interface VectorCheck {
  readonly checked: number;
  /** Images whose vector is missing or damaged. */
  readonly bad: readonly { readonly sequence: number; readonly image: string }[];
}

/**
 * Looks whether the vectors that a run's rows stand on are in the cache: of the right shape, finite.
 * @param options `sample` is how many are looked at, evenly taken; all without it
 * @throws {TransientError} when a file is there and cannot be read
 */
export async function checkVectors(
  path: string,
  { progress, recipe, outcomes }: DatabaseFacts,
  {
    dataDir,
    log,
    sample,
  }: { readonly dataDir: string; readonly log: Logger; readonly sample: number | undefined },
): Promise<VectorCheck> {
  if (recipe === null) return { checked: 0, bad: [] };
  const cache = inspectEmbeddingCache({ dataDir, recipe: recipe.embedding, log });
  const total = outcomes.computed + outcomes.cached + outcomes.legacy;
  const bad: { sequence: number; image: string }[] = [];
  let index = 0;
  let checked = 0;
  for (const { contentSha256, sequence, image } of readEmbeddings(path, progress.run)) {
    if (!isTaken(index++, total, sample)) continue;
    checked += 1;
    if ((await cache.readVector(contentSha256)) === undefined) bad.push({ sequence, image });
  }
  return { checked, bad };
}
