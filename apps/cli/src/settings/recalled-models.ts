import { featureRecipes, precisions, preprocessings } from '@cullstream/contracts';
import { z } from 'zod';
import { allSettings } from './settings.js';

const { embedder, ranker, crop, activation } = allSettings.shape;
const recalled = 'default: as in the run it is about';

/** Models of a command that is about an earlier run: what is not named is taken from there. */
export const recalledModels = {
  embedder: embedder.meta({
    description: `CLIP image encoder (${recalled})`,
    placeholder: 'file',
  }),
  ranker: ranker.meta({ description: `ranker (${recalled})`, placeholder: 'file' }),
  crop: crop.meta({ description: `crop proposer (${recalled})`, placeholder: 'file' }),
  features: z
    .enum(featureRecipes)
    .optional()
    .meta({
      description: `how model inputs are made: ${featureRecipes.join(' or ')} (${recalled})`,
      placeholder: 'recipe',
    }),
  preprocess: z
    .enum(preprocessings)
    .optional()
    .meta({
      description: `pixels as Pillow makes them, or faster: ${preprocessings.join(' or ')} (${recalled})`,
      placeholder: 'mode',
    }),
  precision: z
    .enum(precisions)
    .optional()
    .meta({
      description: `of the image encoder: ${precisions.join(' or ')} (${recalled})`,
      placeholder: 'precision',
    }),
  activation,
};
