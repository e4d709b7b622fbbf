import { basename, join, relative, resolve } from 'node:path';
import type { VectorForm } from '@cullstream/contracts';

/** Where the older tool and Cullstream keep vectors, below the data folder. */
const EMBEDDINGS = 'ai_data/embeddings';

export interface CachePaths {
  readonly embeddingsDir: string;
  readonly indexFile: string;
  /** The packed copy of a recipe's vectors. */
  readonly toPackPath: (recipeId: string) => string;
  /** The folder of packed vectors, with a folder for each recipe. */
  readonly packedDir: string;
  /** The folder of a recipe's packed vectors. */
  readonly toPackedDir: (recipeId: string) => string;
  /** The table of what the lines of a form say of a recipe. It may be deleted. */
  readonly toTablePath: (recipeId: string, form: VectorForm) => string;
  /**
   * A vector's file as index lines name it, with `/`, from the folder that holds the data folder:
   * `data/ai_data/embeddings/<hash>.npy`, as the older tool does.
   */
  readonly toLineName: (fileBelowEmbeddings: string) => string;
  /** The name of a file below the embeddings folder, with `/`. */
  readonly toFileName: (path: string) => string;
  /** The file an index line names, wherever its data folder stood; undefined outside of the cache. */
  readonly fromLineName: (lineName: string) => string | undefined;
}

/** @param dataDir the data folder, absolute or from the working directory */
export function toCachePaths(dataDir: string): CachePaths {
  const root = resolve(dataDir);
  const embeddingsDir = join(root, EMBEDDINGS);
  const packedDir = join(embeddingsDir, 'packed');
  return {
    embeddingsDir,
    indexFile: join(root, 'ai_data', 'cache', 'processed_images.jsonl'),
    toPackPath: (recipeId) => join(root, 'ai_data', 'cache', `vectors-${recipeId}.pack`),
    packedDir,
    toTablePath: (recipeId, form) =>
      join(root, 'ai_data', 'cache', `index-${form}-${recipeId}.table`),
    toPackedDir: (recipeId) => join(packedDir, recipeId),
    toLineName: (file) => `${basename(root)}/${EMBEDDINGS}/${file}`,
    toFileName: (path) => relative(embeddingsDir, path).replaceAll('\\', '/'),
    fromLineName: (lineName) => {
      const file = toVectorPath(lineName);
      return file === undefined ? undefined : join(embeddingsDir, file);
    },
  };
}

/** The part of a line's file name below the embeddings folder: `<hash>.npy` or `<recipe>/<hash>.npy`. */
export function toVectorPath(lineName: string): string | undefined {
  const parts = lineName.replaceAll('\\', '/').split(`${EMBEDDINGS}/`);
  const file = parts.length < 2 ? undefined : parts.at(-1);
  return file === undefined || file === '' || file.split('/').includes('..') ? undefined : file;
}
