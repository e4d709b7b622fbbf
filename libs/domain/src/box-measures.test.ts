import { expect, it } from 'vitest';
import { centreDistance, intersectionOverUnion } from './box-measures.js';

it('measures the overlap of two boxes as shared over covered area', () => {
  expect(intersectionOverUnion([0, 0, 0.5, 1], [0, 0, 0.5, 1])).toBe(1);
  expect(intersectionOverUnion([0, 0, 0.5, 1], [0.25, 0, 0.75, 1])).toBeCloseTo(1 / 3, 12);
  expect(intersectionOverUnion([0, 0, 0.5, 1], [0.5, 0, 1, 1])).toBe(0);
});

it('counts an inverted box as empty', () => {
  expect(intersectionOverUnion([0.5, 0.5, 0.2, 0.2], [0, 0, 1, 1])).toBe(0);
  expect(intersectionOverUnion([0.5, 0.5, 0.2, 0.2], [0.5, 0.5, 0.2, 0.2])).toBe(0);
});

it('measures how far the centres are apart', () => {
  expect(centreDistance([0, 0, 0.2, 0.2], [0.3, 0.4, 0.5, 0.6])).toBeCloseTo(0.5, 12);
});
