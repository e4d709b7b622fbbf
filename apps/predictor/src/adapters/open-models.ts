import type { PredictionRecipe } from '@cullstream/contracts';
import {
  chooseModels,
  createPredictor,
  watchInference,
  type InferenceClock,
  type Predictor,
} from '@cullstream/inference';
import type { ServiceContext } from '@cullstream/runtime';
import type { PredictorSettings } from '../settings.js';

/** Ranker and crop proposer, loaded. */
export interface OpenedModels {
  readonly recipe: PredictionRecipe;
  readonly predictor: Predictor;
  readonly clock: Pick<InferenceClock, 'time'>;
}

export type OpenModels = (
  settings: PredictorSettings,
  context: Pick<ServiceContext, 'name'>,
) => Promise<OpenedModels>;

export const openModels: OpenModels = async (settings, { name }) => {
  const models = await chooseModels({
    ...settings,
    dataDir: settings.data,
    cacheDir: settings.cache,
  });
  const { predictionRecipe: recipe, paths } = models;
  const predictor = await createPredictor({
    ranker: { path: paths.rankerOnnx, features: recipe.ranker.features },
    crop: { path: paths.cropOnnx, features: recipe.crop.features },
  });
  await models.requireUnchanged();
  return { recipe, predictor, clock: watchInference(name) };
};
