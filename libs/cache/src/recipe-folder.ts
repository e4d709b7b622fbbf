import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConfigurationError,
  embeddingRecipe,
  TransientError,
  type EmbeddingRecipe,
} from '@cullstream/contracts';
import {
  toErrno,
  createFileOnce,
  readFileIfThereSync,
  unguardedFolder,
  writeFileAtomicSync,
  type GuardedFolder,
} from '@cullstream/files';
import type { CacheLog } from './cache-log.js';
import { toVectorPath, type CachePaths } from './cache-paths.js';
import { readLines } from './index-file.js';
import { isLegacyLine, parseIndexLine } from './index-line.js';
import { toStorageAdvice, toStorageFault } from './storage-fault.js';

export const MARKER = 'recipe.json';

/** The recipe a folder belongs to, by its marker. */
type Holder = EmbeddingRecipe | 'nobody' | 'damaged';

/**
 * The folder that holds a recipe's vectors, claimed for it if need be: the root of the cache belongs
 * to the first recipe, every other has a folder of its own below, named by its id. Vectors of the
 * older tool have no recipe and do not matter here. Safe between processes: one gets the root, and all
 * see the same result.
 *
 * @param dataFolder in which it is
 * @throws {ConfigurationError} where the folder cannot be made or is marked for another recipe
 * @throws {TransientError} while another folder is in the place of the data folder
 */
export function claimRecipeFolder(
  paths: CachePaths,
  recipe: EmbeddingRecipe,
  log: CacheLog,
  dataFolder: GuardedFolder = unguardedFolder,
): string {
  const root = paths.embeddingsDir;
  try {
    dataFolder.makeFolder(root);
    let holder = readMarker(root);
    if (holder === 'nobody' && isFreeFor(recipe.id, paths.indexFile)) {
      createFileOnce(join(root, MARKER), toMarkerText(recipe));
      holder = readMarker(root);
    }
    if (holder === 'damaged') {
      const isOurs = isDamagedHomeOf(recipe.id, paths);
      log.warn(
        { file: join(root, MARKER) },
        isOurs
          ? 'the marker of the embedding cache is damaged: it is made again from the cache index'
          : 'the marker of the embedding cache is damaged: using a folder of its own for this recipe',
      );
      if (isOurs) {
        writeFileAtomicSync(join(root, MARKER), toMarkerText(recipe));
        return root;
      }
    }
    return isHeldBy(holder, recipe.id)
      ? root
      : claimOwnFolder(join(root, recipe.id), recipe, dataFolder);
  } catch (cause) {
    throw toClaimFault(root, cause);
  }
}

/** The folder {@link claimRecipeFolder} would give, without writing; undefined if it is not there. */
export function findRecipeFolder(paths: CachePaths, recipe: EmbeddingRecipe): string | undefined {
  const root = paths.embeddingsDir;
  const holder = readMarker(root);
  if (isHeldBy(holder, recipe.id)) return root;
  if (holder === 'damaged' && isDamagedHomeOf(recipe.id, paths)) return root;
  const own = join(root, recipe.id);
  return isHeldBy(readMarker(own), recipe.id) ? own : undefined;
}

/** The recipes that have a folder in the cache; none without the cache. */
export function readKnownRecipes({ embeddingsDir }: CachePaths): EmbeddingRecipe[] {
  if (!existsSync(embeddingsDir)) return [];
  const folders = readdirSync(embeddingsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(embeddingsDir, name));
  return [embeddingsDir, ...folders]
    .map((folder) => readMarker(folder))
    .filter((holder) => typeof holder === 'object');
}

function claimOwnFolder(
  folder: string,
  recipe: EmbeddingRecipe,
  dataFolder: GuardedFolder,
): string {
  dataFolder.makeFolder(folder);
  const holder = readMarker(folder);
  if (holder === 'nobody' || holder === 'damaged') {
    // Only this recipe ever writes here, so replacing is as good as claiming.
    writeFileAtomicSync(join(folder, MARKER), toMarkerText(recipe));
  } else if (holder.id !== recipe.id) {
    throw new ConfigurationError([
      `${join(folder, MARKER)} names recipe ${holder.id}: move the folder away, two recipes never mix`,
    ]);
  }
  return folder;
}

/** Whether the root, whose marker is damaged, is a recipe's: it has no other folder, and the index says so. */
function isDamagedHomeOf(recipeId: string, { embeddingsDir, indexFile }: CachePaths): boolean {
  const hasOther = isHeldBy(readMarker(join(embeddingsDir, recipeId)), recipeId);
  return !hasOther && ownerInIndex(indexFile) === recipeId;
}

/** If the marker was lost, the index still says which recipe the vectors in the root belong to. */
function isFreeFor(recipeId: string, indexFile: string): boolean {
  const owner = ownerInIndex(indexFile);
  return owner === undefined || owner === recipeId;
}

/** The recipe of the vectors in the root, as the first line about one of them says. */
function ownerInIndex(indexFile: string): string | undefined {
  for (const { text } of readLines(indexFile)) {
    const line = text.includes('"recipe"') ? parseIndexLine(text) : undefined;
    if (line === undefined || isLegacyLine(line)) continue;
    const isInRoot = toVectorPath(line.embeddingFile)?.includes('/') === false;
    if (isInRoot) return line.recipeId;
  }
  return undefined;
}

/** The text of a folder's marker. */
export function toMarkerText(recipe: EmbeddingRecipe): string {
  return `${JSON.stringify({ recipe }, undefined, 2)}\n`;
}

function readMarker(folder: string): Holder {
  const text = readFileIfThereSync(join(folder, MARKER));
  return text === undefined ? 'nobody' : decodeMarker(text);
}

/** The recipe that the text of a marker names. */
export function decodeMarker(text: string): EmbeddingRecipe | 'damaged' {
  try {
    const marker: unknown = JSON.parse(text);
    const hasRecipe = typeof marker === 'object' && marker !== null && 'recipe' in marker;
    const parsed = embeddingRecipe.safeParse(hasRecipe ? marker.recipe : undefined);
    return parsed.success ? parsed.data : 'damaged';
  } catch (cause) {
    if (cause instanceof SyntaxError) return 'damaged';
    throw cause;
  }
}

function isHeldBy(holder: Holder, recipeId: string): boolean {
  return typeof holder === 'object' && holder.id === recipeId;
}

function toClaimFault(folder: string, cause: unknown): Error {
  if (cause instanceof ConfigurationError || cause instanceof TransientError) return cause;
  const permanent = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'];
  if (!permanent.includes(toErrno(cause) ?? '')) {
    return toStorageFault('cannot use the embedding cache in', folder, cause);
  }
  return new ConfigurationError(
    [`cannot use the embedding cache in ${folder}: ${toStorageAdvice(cause, folder)}`],
    { cause },
  );
}
