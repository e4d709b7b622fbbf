import { inspectSharedCache, toImageAlias, type EmbeddingCacheReader } from '@cullstream/cache';
import { TransientError, type EmbeddingRecipe } from '@cullstream/contracts';
import type { Logger } from '@cullstream/runtime';
import { readEmbeddings, type DatabaseFacts } from '@cullstream/store';
import type { FolderOptions } from '../options.js';
import { isInSample } from './take-evenly.js';

interface Checked {
  readonly sequence: number;
  readonly image: string;
}

export interface VectorCheck {
  readonly checked: number;
  /** Images whose vector is missing, damaged or unreadable, or that no sound line of the index vouches for. */
  readonly bad: readonly Checked[];
  /** Images that the index does not know any more, whose vectors are sound. */
  readonly unindexed: readonly Checked[];
  /** Vectors of the right shape that there is no checksum of. */
  readonly unchecked: number;
}

function unreadable(error: unknown): 'unreadable' {
  if (error instanceof TransientError) return 'unreadable';
  throw error;
}

/** Opens the caches of many projects, each once: opening one reads the whole index. */
export interface OpenCaches {
  of(recipe: EmbeddingRecipe): Promise<EmbeddingCacheReader>;
  /** Lines of the index that are damaged or torn. */
  damagedLines(): number;
}

export function createOpenCaches(
  { data: dataDir, cache: cacheDir, vectors }: FolderOptions,
  log: Logger,
): OpenCaches {
  const caches = new Map<string, EmbeddingCacheReader>();
  return {
    async of(recipe) {
      const open =
        caches.get(recipe.id) ??
        (await inspectSharedCache({ dataDir, cacheDir, recipe, vectors, log }));
      caches.set(recipe.id, open);
      return open;
    },
    damagedLines: () =>
      Math.max(0, ...[...caches.values()].map((cache) => cache.stats().unreadableLines)),
  };
}

/**
 * Looks whether the vectors that a run's rows stand on are in the cache as they were stored, and
 * whether the index still says which image each is of.
 * @param options `sample` is how many are looked at, evenly taken; all without it
 * @throws {DatabaseError} when the database cannot be read
 */
export async function checkVectors(
  path: string,
  { progress, recipe, outcomes }: DatabaseFacts,
  { caches, sample }: { readonly caches: OpenCaches; readonly sample?: number | undefined },
): Promise<VectorCheck> {
  if (recipe === null) return { checked: 0, bad: [], unindexed: [], unchecked: 0 };
  const cache = await caches.of(recipe.embedding);
  const total = outcomes.computed + outcomes.cached + outcomes.legacy;
  const bad: Checked[] = [];
  const unindexed: Checked[] = [];
  let unchecked = 0;
  let index = 0;
  let checked = 0;
  for (const row of readEmbeddings(path, progress.run)) {
    if (!isInSample(index++, total, sample)) continue;
    const { contentSha256, sequence, image, source } = row;
    checked += 1;
    const state = await cache.checkVector(contentSha256).catch(unreadable);
    if (state === 'unchecked') unchecked += 1;
    else if (state !== 'sound') bad.push({ sequence, image });
    if (state !== 'sound' && state !== 'unchecked') continue;
    const known = cache.findAlias(toImageAlias(progress.project.name, image, source));
    if (known?.sha256 !== contentSha256) unindexed.push({ sequence, image });
  }
  return { checked, bad, unindexed, unchecked };
}
