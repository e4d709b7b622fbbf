import { toVectorsChoice, type EmbeddingRecipe } from '@cullstream/contracts';
import { openBucket } from '@cullstream/object-storage';
import { decodeMarker, MARKER } from '../recipe-folder.js';
import { toRefusal } from './bucket-fault.js';
import { readSmallObject } from './read-small-object.js';

/**
 * The recipes that have vectors in a bucket; none where ‹vectors› names no bucket.
 * @throws {ConfigurationError} where it cannot be read
 */
export async function listBucketRecipes(vectors: string | undefined): Promise<EmbeddingRecipe[]> {
  const { bucket: address } = toVectorsChoice(vectors) ?? {};
  if (address === undefined) return [];
  const bucket = openBucket(address);
  const recipes: EmbeddingRecipe[] = [];
  try {
    for await (const { folders } of bucket.list('', { isDeep: false })) {
      for (const folder of folders) {
        const text = await readSmallObject(bucket, folder + MARKER);
        const recipe = text === undefined ? 'damaged' : decodeMarker(text);
        if (recipe !== 'damaged' && folder === `${recipe.id}/`) recipes.push(recipe);
      }
    }
    return recipes;
  } catch (error) {
    throw toRefusal(address, error);
  }
}
