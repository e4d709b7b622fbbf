import { featureRecipes, precisions, preprocessings } from '@cullstream/contracts';
import { z } from 'zod';
import { allSettings } from './all-settings.js';

const { embedder, ranker, crop, activation } = allSettings.shape;
const recalled = 'default: as in the earlier run';

/** Models of a command that is about an earlier run: what is not named is taken from there. */
export const recalledModels = {
  embedder: embedder.meta({
    description: `CLIP image encoder (${recalled})`,
    placeholder: 'file',
  }),
  ranker: ranker.meta({
    description: `ranker, which scores images (${recalled})`,
    placeholder: 'file',
  }),
  crop: crop.meta({ description: `crop proposer (${recalled})`, placeholder: 'file' }),
  features: z
    .enum(featureRecipes)
    .optional()
    .meta({
      description: `inputs of ranker and crop proposer: ${featureRecipes.join(' or ')} (${recalled})`,
      placeholder: 'recipe',
    }),
  preprocess: z
    .enum(preprocessings)
    .optional()
    .meta({
      description: `pixels exactly as Pillow computes them, or faster: ${preprocessings.join(' or ')} (${recalled})`,
      placeholder: 'mode',
    }),
  precision: z
    .enum(precisions)
    .optional()
    .meta({
      description: `precision of the image encoder: ${precisions.join(' or ')} (${recalled})`,
      placeholder: 'precision',
    }),
  activation,
};
