import { counted, type VectorForm, type VectorFormChoice } from '@cullstream/contracts';
import type { GuardedFolder } from '@cullstream/files';
import { CacheIndex } from './cache-index.js';
import type { CacheLog } from './cache-log.js';
import { toCachePaths, type CachePaths } from './cache-paths.js';
import { createCacheReader } from './cache-reader.js';
import type { EmbeddingCache, EmbeddingCacheOptions, EmbeddingCacheReader } from './cache-types.js';
import { createCacheWriter } from './cache-writer.js';
import { layerReaders } from './layered-cache.js';
import { createPackedStore } from './packed/packed-store.js';
import { listSegmentLogs } from './packed/segment-names.js';
import type { SegmentWriter } from './packed/segment-writer.js';
import { claimRecipeFolder, findRecipeFolder } from './recipe-folder.js';
import { VectorFolder } from './vector-folder.js';
import { chooseVectorForm } from './vector-form.js';
import { VectorPack } from './vector-pack.js';
import { createFileStore } from './vector-store.js';

export interface OpenOptions extends EmbeddingCacheOptions {
  /** The data folder, where another one may take its place. */
  readonly folder?: GuardedFolder;
  /** How new vectors are stored; `auto`, the default, as `chooseVectorForm` says. Both are read. */
  readonly vectors?: VectorFormChoice | undefined;
  /** Writes packed vectors; without it, all of this process are in one segment. */
  readonly segments?: SegmentWriter;
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
 * @throws {TransientError} while another one is in its place
 */
export function openEmbeddingCache(options: OpenOptions): Promise<EmbeddingCache> {
  return Promise.resolve(options).then(open);
}

function open(options: OpenOptions): EmbeddingCache {
  const { dataDir, recipe, vectors = 'auto', log } = options;
  const paths = toCachePaths(dataDir);
  const { form } = chooseVectorForm({ dataDir, recipe, vectors });
  const folder = claimRecipeFolder(paths, recipe, log, options.folder);
  const pack = new VectorPack(paths.toPackPath(recipe.id), 'share', log);
  const files = {
    ...{ log, recipe, store: createFileStore(new VectorFolder(folder, pack), paths) },
    index: openIndex(paths, recipe.id, 'files', { table: 'kept', log }),
  };
  const packed = {
    ...{ log, recipe, store: createPackedStore(paths, recipe.id, options.segments) },
    index: openIndex(paths, recipe.id, 'packed', { table: 'kept', log }),
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
  /** `lines`, the default, reads every line, so that damaged ones are found; a table may have most of them. */
  readonly indexFrom?: 'lines' | 'table';
}

/** Opens the cache for reading only: writes nothing, and leaves damaged vectors where they are. */
export function inspectEmbeddingCache({
  dataDir,
  recipe,
  vectorsFrom,
  indexFrom,
  log,
}: InspectOptions): EmbeddingCacheReader {
  const paths = toCachePaths(dataDir);
  const path = findRecipeFolder(paths, recipe);
  const pack = new VectorPack(paths.toPackPath(recipe.id), 'inspect', log);
  const use = vectorsFrom === 'pack' ? 'instead' : 'to-compare';
  const folder = path === undefined ? undefined : new VectorFolder(path, pack, use);
  const table = indexFrom === 'table' ? 'read' : 'unused';
  const files = {
    store: folder && createFileStore(folder, paths),
    index: openIndex(paths, recipe.id, 'files', { table, log }),
  };
  const packed = {
    store: createPackedStore(paths, recipe.id),
    index: openIndex(paths, recipe.id, 'packed', { table, log }),
  };
  if (vectorsFrom === 'pack') {
    warnOfDamage(files.index, paths.indexFile, log);
    warnOfDamage(packed.index, packed.store.path, log);
  }
  const ofFiles = createCacheReader({ ...files, log });
  const ofPacked = createCacheReader({ ...packed, log });
  // What is not in the first costs time.
  const { form } = chooseVectorForm({ dataDir, recipe, vectors: 'auto' });
  return form === 'files' ? layerReaders(ofFiles, ofPacked) : layerReaders(ofPacked, ofFiles);
}

/** Which lines are read: those that the table on disk does not have, or all. */
type TableUse = 'kept' | 'read' | 'unused';

interface IndexOptions {
  readonly table: TableUse;
  readonly log: CacheLog;
}

function openIndex(
  paths: CachePaths,
  recipeId: string,
  form: VectorForm,
  { table: use, log }: IndexOptions,
): CacheIndex {
  const folder = paths.toPackedDir(recipeId);
  const list = () => (form === 'files' ? [paths.indexFile] : listSegmentLogs(folder));
  const path = paths.toTablePath(recipeId, form);
  const table = use === 'unused' ? undefined : { path, isWritten: use === 'kept' };
  return new CacheIndex({ list, table }, recipeId, log);
}

/** Says how many lines of an index are left out. @param indexFile file or folder, for people */
export function warnOfDamage(index: CacheIndex, indexFile: string, log: CacheLog): void {
  const lines = index.counts.unreadableLines;
  if (lines === 0) return;
  log.warn(
    { file: indexFile, lines },
    `${counted(lines, 'line')} of the cache index damaged, torn or unreadable, and left out: what was named there is read again`,
  );
}
