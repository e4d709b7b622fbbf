import type { ImageEmbedded } from './events/image-embedded.js';
import type { ImageFailed } from './events/image-failed.js';
import type { ImageFound } from './events/image-found.js';
import type { ImagePredicted } from './events/image-predicted.js';
import type { FailureReason } from './failure.js';

/** A message may contain the name of an entry, which may have 64 KB. */
const MAX_MESSAGE_LENGTH = 1_000;

/** The event that an image failed at a stage, so that its group can be completed without it. */
export function toImageFailed(
  { v, run, project, sequence, image, source, group }: ImageFound | ImageEmbedded | ImagePredicted,
  failure: { stage: ImageFailed['stage']; reason: FailureReason; message: string },
): ImageFailed {
  const { stage, reason } = failure;
  const message = failure.message.slice(0, MAX_MESSAGE_LENGTH);
  return {
    v,
    type: 'image.failed',
    run,
    project,
    sequence,
    image,
    source,
    group,
    stage,
    reason,
    message,
  };
}
