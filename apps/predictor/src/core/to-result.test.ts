import type { ImageEmbedded, PredictionRecipe } from '@cullstream/contracts';
import { expect, it } from 'vitest';
import { toResult } from './to-result.js';

const features = { embedding: 'raw', dimensionScale: 2048 } as const;
const recipe = {
  ranker: { file: 'ranker.pt', sha256: 'a'.repeat(64), features },
  crop: { file: 'crop.pt', sha256: 'b'.repeat(64), features },
} as PredictionRecipe;
const embedded = { type: 'image.embedded', image: 'one.png' } as ImageEmbedded;

it('an image with finite numbers is predicted', () => {
  const result = toResult(embedded, { score: 1.5, crop: [0, 0, 1, 1] }, recipe);
  expect(result).toMatchObject({ type: 'image.predicted', score: 1.5 });
});

it.each([
  [{ score: NaN, crop: [0, 0, 1, 1] }, 'the ranker ranker.pt gave NaN'],
  [{ score: 1, crop: [0, Infinity, 1, 1] }, 'the crop proposer crop.pt gave NaN'],
] as const)('an image with %j fails, naming the model', (prediction, message) => {
  const { score, crop } = prediction;
  const result = toResult(embedded, { score, crop: [...crop] }, recipe);
  expect(result).toMatchObject({
    type: 'image.failed',
    stage: 'predictor',
    message: expect.stringContaining(message) as string,
  });
});

it('names both models where neither gave a number', () => {
  const result = toResult(embedded, { score: NaN, crop: [0, 0, NaN, 1] }, recipe);
  expect(result).toMatchObject({
    reason: 'unexpected-error',
    message: expect.stringContaining('the ranker ranker.pt and the crop') as string,
  });
});

it('a predicted image says when its project was begun, where that is known', () => {
  const prediction = { score: 1, crop: [0, 0, 1, 1] as [number, number, number, number] };
  const projectStartedAt = '2026-01-31T09:45:00.000Z';
  const begun = { ...embedded, projectStartedAt };
  expect(toResult(begun, prediction, recipe)).toHaveProperty('projectStartedAt', projectStartedAt);
  expect(toResult(embedded, prediction, recipe)).not.toHaveProperty('projectStartedAt');
});
