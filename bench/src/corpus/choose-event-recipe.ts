import { join } from 'node:path';
import type { PredictionRecipe } from '@cullstream/contracts';
import { chooseModels } from '@cullstream/inference';
import { makeCachedCatalogue } from './cached-catalogue.js';

/** The recipe of events that are made up: that of the benchmark's models. */
export async function chooseEventRecipe(corpus: string): Promise<PredictionRecipe> {
  const { models, data } = await makeCachedCatalogue(corpus, 400, 1);
  const { predictionRecipe } = await chooseModels({
    ...models,
    dataDir: data,
    cacheDir: join(corpus, 'cache'),
    features: 'as-trained',
    preprocess: 'exact',
    precision: 'fp32',
  });
  return predictionRecipe;
}
