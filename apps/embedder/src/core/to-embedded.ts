import { EVENT_VERSION, type ImageEmbedded, type ImageFound } from '@cullstream/contracts';
import type { ResolvedEmbedding } from './resolve-embedding.js';

/** The `image.embedded` event of an image. */
export function toEmbedded(
  { run, project, sequence, image, source, group }: ImageFound,
  resolved: ResolvedEmbedding,
  embeddingRecipe: string,
): ImageEmbedded {
  return {
    v: EVENT_VERSION,
    type: 'image.embedded',
    run,
    project,
    sequence,
    image,
    source,
    group,
    contentSha256: resolved.contentSha256,
    widthPx: resolved.widthPx,
    heightPx: resolved.heightPx,
    embeddingRecipe,
    origin: resolved.origin,
    vector: resolved.vector,
  };
}
