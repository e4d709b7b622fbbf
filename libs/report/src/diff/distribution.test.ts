import { expect, it } from 'vitest';
import { toDistribution } from './distribution.js';

it('describes how values are spread', () => {
  expect(toDistribution([4, 0, 1, 3, 2])).toEqual({
    count: 5,
    mean: 2,
    min: 0,
    p5: 0.2,
    p25: 1,
    median: 2,
    p75: 3,
    p95: 3.8,
    max: 4,
  });
});

it('has nothing to say of no values', () => {
  expect(toDistribution([])).toBeNull();
});
