import { z } from 'zod';
import { failureReason, imageBase, projectStartedAt } from './common.js';

/** EMBEDDINGS and PREDICTIONS: an image was given up. It flows on, so that groups always complete. */
export const imageFailed = imageBase.extend({
  type: z.literal('image.failed'),
  stage: z.enum(['embedder', 'predictor', 'writer']),
  reason: failureReason,
  message: z.string(),
  projectStartedAt,
});
export type ImageFailed = z.infer<typeof imageFailed>;
