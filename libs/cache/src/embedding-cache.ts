import { counted } from '@cullstream/contracts';
import { CacheIndex } from './cache-index.js';
import type { CacheLog } from './cache-log.js';
import { toCachePaths } from './cache-paths.js';
import { createCacheReader } from './cache-reader.js';
import type { EmbeddingCache, EmbeddingCacheOptions, EmbeddingCacheReader } from './cache-types.js';
import { createCacheWriter } from './cache-writer.js';
import { claimRecipeFolder, findRecipeFolder } from './recipe-folder.js';
import { moveAside } from './vector-file.js';
import { VectorFolder } from './vector-folder.js';
import { VectorPack } from './vector-pack.js';

/**
 * Opens a recipe's embedding cache below a data folder and claims a folder for it. Any number of
 * processes may share it without locks: the name of a vector's file is the truth, the index a hint
 * that is loaded once and followed. Layout: `ai_data/embeddings/<hash>.npy` and
 * `ai_data/cache/processed_images.jsonl`, both shared with the older tool, and, replaceable, a packed
 * copy of the vectors beside the index.
 *
 * @throws {ConfigurationError} where the data folder cannot be used
 */
export async function openEmbeddingCache(options: EmbeddingCacheOptions): Promise<EmbeddingCache> {
  const paths = toCachePaths(options.dataDir);
  const folder = await claimRecipeFolder(paths, options.recipe, options.log);
  const index = new CacheIndex(paths.indexFile, options.recipe.id);
  warnOfDamage(index, paths.indexFile, options.log);
  const vectors = new VectorFolder(
    folder,
    new VectorPack(paths.toPackPath(options.recipe.id), 'share', options.log),
  );
  return {
    ...createCacheReader({ folder: vectors, index, log: options.log, setAside: moveAside }),
    ...createCacheWriter({
      folder: vectors,
      index,
      log: options.log,
      paths,
      recipe: options.recipe,
    }),
  };
}

export interface InspectOptions extends EmbeddingCacheOptions {
  /** `files`, the default, reads every file, so that missing and damaged ones are found. */
  readonly vectorsFrom?: 'files' | 'pack';
}

/** Opens the cache for reading only: writes nothing, and leaves damaged vectors where they are. */
export function inspectEmbeddingCache({
  dataDir,
  recipe,
  vectorsFrom,
  log,
}: InspectOptions): EmbeddingCacheReader {
  const paths = toCachePaths(dataDir);
  const path = findRecipeFolder(paths, recipe);
  const pack = new VectorPack(paths.toPackPath(recipe.id), 'inspect', log);
  const use = vectorsFrom === 'pack' ? 'instead' : 'to-compare';
  const folder = path === undefined ? undefined : new VectorFolder(path, pack, use);
  const index = new CacheIndex(paths.indexFile, recipe.id);
  if (vectorsFrom === 'pack') warnOfDamage(index, paths.indexFile, log);
  return createCacheReader({ folder, index, log });
}

function warnOfDamage(index: CacheIndex, indexFile: string, log: CacheLog): void {
  const lines = index.counts.unreadableLines;
  if (lines === 0) return;
  log.warn(
    { file: indexFile, lines },
    `${counted(lines, 'line')} of the cache index damaged, torn or unreadable, and left out: what was named there is read again`,
  );
}
