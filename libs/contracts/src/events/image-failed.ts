import { z } from 'zod';
import { failureReason, imageBase, projectStartedAt } from './common.js';

/**
 * EMBEDDINGS and PREDICTIONS: an image failed. The event is passed on, so that groups are always
 * completed.
 */
export const imageFailed = imageBase.extend({
  type: z.literal('image.failed'),
  stage: z.enum(['embedder', 'predictor', 'writer']),
  reason: failureReason,
  message: z.string(),
  projectStartedAt,
});
export type ImageFailed = z.infer<typeof imageFailed>;
