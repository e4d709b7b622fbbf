import type { PredictionRecipe } from '@cullstream/contracts';
import { expect, it } from 'vitest';
import { toRecipeCells } from './recipe-columns.js';

const features = { embedding: 'raw', dimensionScale: 2048 } as const;

function recipeWith(file: string, activation?: 'gelu'): PredictionRecipe {
  const model = { file, sha256: 'a'.repeat(64) };
  const embedding = { id: 'b'.repeat(16), model, preprocessing: 'exact-1', precision: 'fp32' };
  return {
    id: 'c'.repeat(16),
    embedding: { ...embedding, ...(activation === undefined ? {} : { activation }) },
    ranker: { ...model, features },
    crop: { ...model, features },
  } as PredictionRecipe;
}

it.each([
  ['ViT-B-32.pt', 'gelu', 'gelu'],
  ['ViT-B-32.pt', undefined, 'quick-gelu'],
  ['clip.onnx', undefined, null],
] as const)('%s with %s has the activation %s', (file, activation, expected) => {
  expect(toRecipeCells('run', recipeWith(file, activation))).toMatchObject({
    activation: expected,
  });
});
