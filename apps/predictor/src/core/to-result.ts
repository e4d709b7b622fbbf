import {
  toImageFailed,
  type ImageEmbedded,
  type ImageFailed,
  type ImagePredicted,
  type PredictionRecipe,
} from '@cullstream/contracts';
import { toPredicted } from './to-predicted.js';

/** The event to publish for an image: a failure if the models gave NaN for its embedding. */
export function toResult(
  embedded: ImageEmbedded,
  prediction: Pick<ImagePredicted, 'score' | 'crop'>,
  recipe: PredictionRecipe,
): ImagePredicted | ImageFailed {
  const broken = [
    ...(Number.isFinite(prediction.score) ? [] : [`ranker ${recipe.ranker.file}`]),
    ...(prediction.crop.every(Number.isFinite) ? [] : [`crop proposer ${recipe.crop.file}`]),
  ];
  if (broken.length === 0) return toPredicted(embedded, prediction, recipe);
  return toImageFailed(embedded, {
    stage: 'predictor',
    reason: 'unexpected-error',
    message: `the ${broken.join(' and the ')} gave NaN or infinity for its vector`,
  });
}
