import { activations, featureRecipes, precisions, preprocessings } from '@cullstream/contracts';
import { cacheSetting, dataSetting, serviceSettings, traceSettings } from '@cullstream/runtime';
import { z } from 'zod';

export const predictorSettings = serviceSettings.extend({
  ...traceSettings.shape,
  data: dataSetting,
  cache: cacheSetting,
  embedder: z.string().min(1).optional().describe('file of the CLIP image encoder'),
  ranker: z.string().min(1).optional().describe('file of the ranker'),
  crop: z.string().min(1).optional().describe('file of the crop proposer'),
  features: z.enum(featureRecipes).default('as-trained').describe('how model inputs are made'),
  preprocess: z.enum(preprocessings).default('exact').describe('preprocessing of the embeddings'),
  precision: z.enum(precisions).default('fp32').describe('precision of the embeddings'),
  activation: z.enum(activations).optional().describe('activation of the image encoder'),
});
export type PredictorSettings = Readonly<z.infer<typeof predictorSettings>>;
