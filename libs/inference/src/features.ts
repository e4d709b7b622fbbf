import { EMBEDDING_LENGTH, type Features } from '@cullstream/contracts';

/** An image as the models see it: its raw CLIP embedding [512] and its size in pixels. */
export interface ImageFeatures {
  readonly vector: Float32Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Length of a crop proposer's input: the embedding, then width and height. */
export const CROP_FEATURES_LENGTH = EMBEDDING_LENGTH + 2;

/** Inputs of a ranker, float32 [n, 512]: embeddings, raw or divided by their norm. */
export function toRankerFeatures(
  images: readonly ImageFeatures[],
  features: Features,
): Float32Array {
  const rows = new Float32Array(images.length * EMBEDDING_LENGTH);
  for (const [index, { vector }] of images.entries()) {
    writeEmbedding(rows, index * EMBEDDING_LENGTH, vector, features);
  }
  return rows;
}

/** Inputs of a crop proposer, float32 [n, 514]: embedding, width / scale, height / scale. */
export function toCropFeatures(images: readonly ImageFeatures[], features: Features): Float32Array {
  const rows = new Float32Array(images.length * CROP_FEATURES_LENGTH);
  for (const [index, { vector, widthPx, heightPx }] of images.entries()) {
    const at = index * CROP_FEATURES_LENGTH;
    writeEmbedding(rows, at, vector, features);
    rows[at + EMBEDDING_LENGTH] = widthPx / features.dimensionScale;
    rows[at + EMBEDDING_LENGTH + 1] = heightPx / features.dimensionScale;
  }
  return rows;
}

function writeEmbedding(
  rows: Float32Array,
  at: number,
  vector: Float32Array,
  features: Features,
): void {
  if (vector.length !== EMBEDDING_LENGTH) {
    throw new RangeError(`an embedding of ${vector.length} numbers, not ${EMBEDDING_LENGTH}`);
  }
  rows.set(vector, at);
  if (features.embedding === 'raw') return;
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  // A vector of zeros has no direction: it is kept, because dividing by its norm would give NaN.
  if (norm === 0) return;
  for (let index = 0; index < EMBEDDING_LENGTH; index++) {
    rows[at + index] = (vector[index] ?? 0) / norm;
  }
}
