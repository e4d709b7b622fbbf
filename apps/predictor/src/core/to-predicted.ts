import type { ImageEmbedded, ImagePredicted, PredictionRecipe } from '@cullstream/contracts';

/** The `image.predicted` event of an image, without its embedding. */
export function toPredicted(
  embedded: ImageEmbedded,
  { score, crop }: Pick<ImagePredicted, 'score' | 'crop'>,
  recipe: PredictionRecipe,
): ImagePredicted {
  return {
    v: embedded.v,
    type: 'image.predicted',
    run: embedded.run,
    project: embedded.project,
    sequence: embedded.sequence,
    image: embedded.image,
    source: embedded.source,
    group: embedded.group,
    contentSha256: embedded.contentSha256,
    widthPx: embedded.widthPx,
    heightPx: embedded.heightPx,
    embeddingRecipe: embedded.embeddingRecipe,
    origin: embedded.origin,
    score,
    crop,
    recipe,
    ...(embedded.projectStartedAt && { projectStartedAt: embedded.projectStartedAt }),
  };
}
