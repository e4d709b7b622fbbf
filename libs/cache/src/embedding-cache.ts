import { counted, type VectorFormChoice } from '@cullstream/contracts';
import { CacheIndex } from './cache-index.js';
import type { CacheLog } from './cache-log.js';
import { toCachePaths, type CachePaths } from './cache-paths.js';
import { createCacheReader } from './cache-reader.js';
import type { EmbeddingCache, EmbeddingCacheOptions, EmbeddingCacheReader } from './cache-types.js';
import { createCacheWriter } from './cache-writer.js';
import { layerReaders } from './layered-cache.js';
import { createPackedStore } from './packed/packed-store.js';
import { listSegmentLogs } from './packed/segment-names.js';
import { claimRecipeFolder, findRecipeFolder } from './recipe-folder.js';
import { VectorFolder } from './vector-folder.js';
import { chooseVectorForm } from './vector-form.js';
import { VectorPack } from './vector-pack.js';
import { createFileStore } from './vector-store.js';

export interface OpenOptions extends EmbeddingCacheOptions {
  /** How new vectors are stored; `auto`, the default, as `chooseVectorForm` says. Both are read. */
  readonly vectors?: VectorFormChoice | undefined;
}

/**
 * Opens a recipe's embedding cache below a data folder and claims a folder for it. Any number of
 * processes may share it without locks. New vectors are stored in one of two forms, and what is there in
 * the other form is used as well:
 *
 * - `files`: `ai_data/embeddings/<hash>.npy` and `ai_data/cache/processed_images.jsonl`, both shared
 *   with the older tool, and, replaceable, a packed copy of the vectors beside the index;
 * - `packed`: in `ai_data/embeddings/packed/<recipe>`, for each process that stored any, a file of
 *   vectors and a file of lines.
 *
 * @throws {ConfigurationError} where the data folder cannot be used
 */
export async function openEmbeddingCache(options: OpenOptions): Promise<EmbeddingCache> {
  const { dataDir, recipe, vectors = 'auto', log } = options;
  const paths = toCachePaths(dataDir);
  const { form } = chooseVectorForm({ dataDir, recipe, vectors });
  const folder = await claimRecipeFolder(paths, recipe, log);
  const pack = new VectorPack(paths.toPackPath(recipe.id), 'share', log);
  const files = {
    ...{ log, recipe, store: createFileStore(new VectorFolder(folder, pack), paths) },
    index: openFileIndex(paths, recipe.id),
  };
  const packed = {
    ...{ log, recipe, store: createPackedStore(paths, recipe.id) },
    index: openPackedIndex(paths, recipe.id),
  };
  warnOfDamage(files.index, paths.indexFile, log);
  warnOfDamage(packed.index, packed.store.path, log);
  const [first, second] = form === 'files' ? [files, packed] : [packed, files];
  return {
    ...layerReaders(
      createCacheReader({ ...first, setsAside: true }),
      createCacheReader({ ...second, setsAside: true }),
    ),
    ...createCacheWriter(first),
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
  const files = {
    store: folder && createFileStore(folder, paths),
    index: openFileIndex(paths, recipe.id),
  };
  const packed = {
    store: createPackedStore(paths, recipe.id),
    index: openPackedIndex(paths, recipe.id),
  };
  if (vectorsFrom === 'pack') {
    warnOfDamage(files.index, paths.indexFile, log);
    warnOfDamage(packed.index, packed.store.path, log);
  }
  return layerReaders(createCacheReader({ ...files, log }), createCacheReader({ ...packed, log }));
}

function openFileIndex({ indexFile }: CachePaths, recipeId: string): CacheIndex {
  return new CacheIndex({ list: () => [indexFile] }, recipeId);
}

function openPackedIndex(paths: CachePaths, recipeId: string): CacheIndex {
  const folder = paths.toPackedDir(recipeId);
  return new CacheIndex({ list: () => listSegmentLogs(folder) }, recipeId);
}

function warnOfDamage(index: CacheIndex, indexFile: string, log: CacheLog): void {
  const lines = index.counts.unreadableLines;
  if (lines === 0) return;
  log.warn(
    { file: indexFile, lines },
    `${counted(lines, 'line')} of the cache index damaged, torn or unreadable, and left out: what was named there is read again`,
  );
}
