import type { ImageEmbedded } from './events/image-embedded.js';
import type { ImageFailed } from './events/image-failed.js';
import type { ImageFound } from './events/image-found.js';
import type { FailureReason } from './failure.js';

/** The failure of an image at a stage, so that its group completes without it. */
export function toImageFailed(
  { v, run, project, sequence, image, source, group }: ImageFound | ImageEmbedded,
  failure: { stage: ImageFailed['stage']; reason: FailureReason; message: string },
): ImageFailed {
  return { v, type: 'image.failed', run, project, sequence, image, source, group, ...failure };
}
