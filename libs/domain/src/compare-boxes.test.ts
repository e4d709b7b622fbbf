import { expect, it } from 'vitest';
import { areBoxesNear } from './compare-boxes.js';

it('takes boxes for near while no side is more than the tolerance away', () => {
  expect(areBoxesNear([0.1, 0.1, 0.9, 0.9], [0.15, 0.05, 0.9, 0.9])).toBe(true);
  expect(areBoxesNear([0.1, 0.1, 0.9, 0.9], [0.16, 0.1, 0.9, 0.9])).toBe(false);
  expect(areBoxesNear([0.1, 0.1, 0.9, 0.9], [0.1, 0.1, 0.9, 0.84])).toBe(false);
});

it('takes another tolerance, and no rounding for a difference', () => {
  expect(areBoxesNear([0, 0, 1, 1], [5 / 250, 5 / 250, 245 / 250, 245 / 250], 0.02)).toBe(true);
  expect(areBoxesNear([0, 0, 1, 1], [0.021, 0, 1, 1], 0.02)).toBe(false);
});
