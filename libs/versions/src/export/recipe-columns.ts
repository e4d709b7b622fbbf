import type {
  Activation,
  EmbeddingRecipe,
  Features,
  PredictionRecipe,
} from '@cullstream/contracts';
import type { Column, Row } from './column.js';

/** Columns with the models that made a row. */
export const recipeColumns: readonly Column[] = [
  { name: 'run', type: 'text' },
  { name: 'prediction_recipe', type: 'text' },
  { name: 'embedding_recipe', type: 'text' },
  { name: 'embedder', type: 'text' },
  { name: 'preprocessing', type: 'text' },
  { name: 'precision', type: 'text' },
  { name: 'activation', type: 'text' },
  { name: 'ranker', type: 'text' },
  { name: 'ranker_features', type: 'text' },
  { name: 'crop_proposer', type: 'text' },
  { name: 'crop_features', type: 'text' },
];

export function toRecipeCells(run: string | null, recipe: PredictionRecipe | null): Row {
  return {
    run,
    prediction_recipe: recipe?.id ?? null,
    embedding_recipe: recipe?.embedding.id ?? null,
    embedder: recipe?.embedding.model.file ?? null,
    preprocessing: recipe?.embedding.preprocessing ?? null,
    precision: recipe?.embedding.precision ?? null,
    activation: recipe === null ? null : toActivation(recipe.embedding),
    ranker: recipe?.ranker.file ?? null,
    ranker_features: recipe === null ? null : toFeatureName(recipe.ranker.features),
    crop_proposer: recipe?.crop.file ?? null,
    crop_features: recipe === null ? null : toFeatureName(recipe.crop.features),
  };
}

/**
 * A recipe states the activation only if it is not quick-gelu. An ONNX file contains its
 * activation.
 */
function toActivation({ model, activation }: EmbeddingRecipe): Activation | null {
  return activation ?? (/\.onnx$/i.test(model.file) ? null : 'quick-gelu');
}

/** `raw/2048`: the unchanged embedding, and image sizes in pixels divided by 2048. */
function toFeatureName({ embedding, dimensionScale }: Features): string {
  return `${embedding}/${dimensionScale}`;
}
