import type { ImageEmbedded, ImagePredicted, PredictionRecipe } from '@cullstream/contracts';

/** An embedded image with what the models said of it. Its vector stays behind. */
export function toPredicted(
  { vector, ...embedded }: ImageEmbedded,
  { score, crop }: Pick<ImagePredicted, 'score' | 'crop'>,
  recipe: PredictionRecipe,
): ImagePredicted {
  return { ...embedded, type: 'image.predicted', score, crop, recipe };
}
