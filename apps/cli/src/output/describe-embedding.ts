import type { EmbeddingRecipe } from '@cullstream/contracts';

/** An image encoder and its use in a sentence. Files of one name may hold different weights: the digest tells them apart. */
export function describeEmbedding(recipe: EmbeddingRecipe): string {
  const { file, sha256 } = recipe.model;
  return `${file} (SHA-256 ${sha256.slice(0, 12)}, ${describeEncoding(recipe)})`;
}

/** How an image encoder is used. The activation is named where it is not the usual one. */
export function describeEncoding({
  preprocessing,
  precision,
  activation,
}: Pick<EmbeddingRecipe, 'preprocessing' | 'precision' | 'activation'>): string {
  return [preprocessing, precision, ...(activation === undefined ? [] : [activation])].join(', ');
}
