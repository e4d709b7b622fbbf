import { z } from 'zod';
import { predictionRecipe } from '../recipe.js';
import { embeddedImage } from './image-embedded.js';

/** PREDICTIONS: an image with the outputs of both models. */
export const imagePredicted = embeddedImage.extend({
  type: z.literal('image.predicted'),
  /** Ranker output: unbounded, comparable only within one ranker. */
  score: z.number(),
  /** Crop proposer output `[x1, y1, x2, y2]` in [0, 1] of width and height; may be inverted. */
  crop: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  recipe: predictionRecipe,
});
export type ImagePredicted = z.infer<typeof imagePredicted>;
