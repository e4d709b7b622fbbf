import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigurationError, isBucketAddress, type EmbeddingRecipe } from '@cullstream/contracts';
import { toErrno } from '@cullstream/files';
import { toVectorName } from '../cache-index.js';
import type { CacheLog } from '../cache-log.js';
import { toCachePaths, type CachePaths } from '../cache-paths.js';
import { listBucketRecipes } from '../bucket/list-bucket-recipes.js';
import { inspectLayers } from '../bucket/shared-cache.js';
import { openEmbeddingCache } from '../embedding-cache.js';
import { readLines } from '../index-file.js';
import { isLegacyLine, parseIndexLine, type IndexLine } from '../index-line.js';
import { readKnownRecipes } from '../recipe-folder.js';
import { toStorageFault } from '../storage-fault.js';
import { listSegmentLogs } from './segment-names.js';

/** What was exported of a recipe. */
export interface ExportedVectors {
  readonly recipe: EmbeddingRecipe;
  /** The folder of the `.npy` files. */
  readonly folder: string;
  /** Images whose vectors are in it now, and lines of the index that name them. */
  readonly images: number;
  /** Vectors that were written; the others were there. */
  readonly written: number;
  /** Images whose vectors are damaged or missing; the next run computes them again. */
  readonly damaged: number;
}

interface Options {
  readonly dataDir: string;
  /** Folder of what can always be made anew. */
  readonly cacheDir: string;
  /** Also exports what is in a bucket: its address. */
  readonly vectors?: string | undefined;
  /** Id of the only recipe to export; without it, all. */
  readonly recipeId?: string | undefined;
  readonly log: CacheLog;
}

/**
 * Writes the packed vectors as `.npy` files, and their lines into the index that is shared with the older
 * tool. What is there is not written again, so that it may be interrupted and repeated. The packed ones
 * stay. A run may work meanwhile.
 *
 * @throws {ConfigurationError} where there is nothing to export
 * @throws {TransientError} saying what to do about the disk
 */
export async function exportVectors({ recipeId, ...options }: Options): Promise<ExportedVectors[]> {
  const { dataDir, vectors } = options;
  const paths = toCachePaths(dataDir);
  const shared = await listBucketRecipes(vectors);
  const ids = [...new Set([...listPackedRecipes(paths), ...shared.map(({ id }) => id)])].filter(
    (id) => recipeId === undefined || id === recipeId,
  );
  if (ids.length === 0) {
    const of = recipeId === undefined ? '' : ` of recipe ${recipeId}`;
    const isShared = vectors !== undefined && isBucketAddress(vectors);
    throw new ConfigurationError([
      `${dataDir} ${isShared ? `and ${vectors} have` : 'has'} no packed embeddings${of}; ` +
        'those in .npy files need no export, and those in a bucket are named by ‹vectors›',
    ]);
  }
  const recipes = [...shared, ...readKnownRecipes(paths)];
  const exported: ExportedVectors[] = [];
  for (const id of ids) {
    const recipe = recipes.find((each) => each.id === id);
    if (recipe === undefined) {
      throw new ConfigurationError([
        `no marker says which model recipe ${id} is; \`cullstream run\` with that model makes it again`,
      ]);
    }
    exported.push(await exportRecipe(paths, { ...options, recipe }));
  }
  return exported;
}

async function exportRecipe(
  paths: CachePaths,
  options: Omit<Options, 'recipeId'> & { readonly recipe: EmbeddingRecipe },
): Promise<ExportedVectors> {
  const { recipe } = options;
  const from = await inspectLayers(options);
  const to = await openEmbeddingCache({ ...options, vectors: 'files' });
  const { folder = paths.embeddingsDir } = to.stats();
  let [images, written, damaged] = [0, 0, 0];
  for (const line of readPackedLines(from.folders, recipe.id)) {
    // A later line of this image names another content.
    if (from.cache.findAlias(line.alias)?.sha256 !== line.sha256) continue;
    const vector = await from.cache.readVector(line.sha256);
    if (vector === undefined) {
      damaged += 1;
      continue;
    }
    if (!existsSync(join(folder, `${toVectorName(line.sha256)}.npy`))) written += 1;
    await to.store({ ...line, vector });
    images += 1;
  }
  return { recipe, folder, images, written, damaged };
}

function* readPackedLines(folders: readonly string[], recipeId: string): Generator<IndexLine> {
  // What this data folder has put into the bucket is in both.
  const logs = new Map(folders.flatMap(listSegmentLogs).map((log) => [basename(log), log]));
  for (const log of logs.values()) {
    for (const { text } of readLines(log)) {
      const line = parseIndexLine(text);
      if (line === undefined || isLegacyLine(line)) continue;
      if (line.recipeId === recipeId) yield line;
    }
  }
}

function listPackedRecipes({ packedDir }: CachePaths): string[] {
  try {
    return readdirSync(packedDir).sort();
  } catch (cause) {
    if (toErrno(cause) === 'ENOENT') return [];
    throw toStorageFault('cannot list the packed vectors in', packedDir, cause);
  }
}
