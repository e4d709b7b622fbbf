import { z } from 'zod';
import { imageBase } from './common.js';

/** IMAGES: the extractor found an image. References, never bytes. */
export const imageFound = imageBase.extend({
  type: z.literal('image.found'),
  /** A vector of the older tool that matches this image by project folder and file name. */
  legacyEmbedding: z.string().nullable(),
});
export type ImageFound = z.infer<typeof imageFound>;
