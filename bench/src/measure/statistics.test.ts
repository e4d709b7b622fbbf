import { describe, expect, it } from 'vitest';
import { isDifference, toRatio, toSpread } from './statistics.js';
import { steadyRate } from './steady-rate.js';

describe('a spread', () => {
  it('has the middle one, or the mean of the two in the middle', () => {
    expect(toSpread([5, 1, 3])).toMatchObject({ median: 3, min: 1, max: 5 });
    expect(toSpread([4, 1, 2, 9])).toMatchObject({ median: 3, min: 1, max: 9 });
  });

  it('of nothing is refused', () => {
    expect(() => toSpread([])).toThrow('nothing was measured');
  });

  it('of ratios pairs rounds', () => {
    expect(toRatio([2, 6], [1, 2])).toMatchObject({ median: 2.5, min: 2, max: 3 });
    expect(() => toRatio([1], [1, 2])).toThrow('do not pair up');
  });

  it('is a difference only when all rounds agree', () => {
    expect(isDifference(toSpread([1.1, 1.2]))).toBe(true);
    expect(isDifference(toSpread([0.8, 0.9]))).toBe(true);
    expect(isDifference(toSpread([0.9, 1.2]))).toBe(false);
  });
});

describe('a steady rate', () => {
  it('is that of the time in which the pipeline is full', () => {
    const finishedMs = [9_000, 10_000, 10_500, 11_000, 12_000, 17_000, 30_000];
    expect(steadyRate(finishedMs, 2, 2)).toBe(1.5);
    expect(steadyRate(finishedMs, 3, 2)).toBe(2 / 1.5);
  });

  it('leaves out two fifths at the beginning', () => {
    const slowAtFirst = Array.from({ length: 100 }, (_unused, image) =>
      image < 40 ? image * 500 : 20_000 + (image - 39) * 100,
    );
    expect(steadyRate(slowAtFirst)).toBeCloseTo(28 / 3.3);
  });

  it('needs images beyond the edges', () => {
    expect(() => steadyRate([1, 2, 3, 4], 2, 2)).toThrow('too few');
  });
});
