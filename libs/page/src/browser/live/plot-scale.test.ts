import { expect, it } from 'vitest';
import { toPlot, toTicks } from './plot-scale.js';

it('chooses round values', () => {
  expect(toTicks(27)).toEqual([0, 10, 20, 30]);
  expect(toTicks(4)).toEqual([0, 1, 2, 3, 4]);
  expect(toTicks(0.35)).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
  expect(toTicks(1_234)).toEqual([0, 500, 1_000, 1_500]);
  expect(toTicks(0)).toEqual([0, 1]);
});

it('draws samples at their times', () => {
  const at = (second: number) => new Date(second * 1000).toISOString();
  const plot = toPlot([
    { at: at(0), imagesPerSecond: 0 },
    { at: at(10), imagesPerSecond: 20 },
    { at: at(40), imagesPerSecond: 10 },
  ]);
  expect(plot?.line).toBe('M0 1L0.25 0L1 0.5');
  expect(plot?.area).toBe('M0 1L0.25 0L1 0.5L1 1L0 1Z');
  expect(plot?.seconds).toBe(40);
});

it('draws nothing of one sample', () => {
  expect(toPlot([])).toBeNull();
  expect(toPlot([{ at: '2026-01-01T00:00:00Z', imagesPerSecond: 3 }])).toBeNull();
});
