import { hash as digest } from 'node:crypto';
import { join } from 'node:path';
import { CacheIndex } from './cache-index.js';
import { cachePathsOf } from './cache-paths.js';
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
 * `ai_data/cache/processed_images.jsonl`, both shared with the older tool.
 *
 * @throws {ConfigurationError} where the data folder cannot be used
 */
export async function openEmbeddingCache(options: EmbeddingCacheOptions): Promise<EmbeddingCache> {
  const paths = cachePathsOf(options.dataDir);
  const folder = await claimRecipeFolder(paths, options.recipe, options.log);
  const index = new CacheIndex(paths.indexFile, options.recipe.id);
  const vectors = new VectorFolder(folder, packOf(folder, 'share', options));
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

/** The same for reading only: writes nothing at all, and leaves damaged vectors where they are. */
export function inspectEmbeddingCache(options: EmbeddingCacheOptions): EmbeddingCacheReader {
  const paths = cachePathsOf(options.dataDir);
  const folder = findRecipeFolder(paths, options.recipe);
  const index = new CacheIndex(paths.indexFile, options.recipe.id);
  const vectors =
    folder === undefined ? undefined : new VectorFolder(folder, packOf(folder, 'inspect', options));
  return createCacheReader({ folder: vectors, index, log: options.log });
}

/** A pack belongs to a folder by its place: two data folders hold the same vectors in files of their own. */
function packOf(
  folder: string,
  mode: 'share' | 'inspect',
  { cacheDir, recipe, log }: EmbeddingCacheOptions,
): VectorPack | undefined {
  if (cacheDir === undefined) return undefined;
  const place = digest('sha256', folder).slice(0, 16);
  return new VectorPack(join(cacheDir, 'vectors', `${recipe.id}-${place}.pack`), mode, log);
}
