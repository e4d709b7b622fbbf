import { describe, expect, it } from 'vitest';
import { toMeans, toShare } from './intervals.js';

describe('toShare', () => {
  // (p + z²/2n ± z √(p (1 - p)/n + z²/4n²)) / (1 + z²/n) with z = 1.959964, by hand.
  it.each([
    [8, 10, 0.490162, 0.943318],
    [0, 6, 0, 0.390334],
    [50, 100, 0.403832, 0.596168],
    [1, 1, 0.206549, 1],
  ])('gives %i of %i with its interval', (part, whole, low, high) => {
    const { value, interval } = toShare(part, whole);
    expect(value).toBe(part / whole);
    expect(interval?.[0]).toBeCloseTo(low, 6);
    expect(interval?.[1]).toBeCloseTo(high, 6);
  });

  it('knows nothing of no groups', () => {
    expect(toShare(0, 0)).toEqual({ value: null, interval: null });
  });
});

describe('toMeans', () => {
  const values = Array.from({ length: 400 }, (_, index) => (index * 37) % 101);

  const tenThousand = Array.from({ length: 10_000 }, (_, index) => (index * 37) % 101);

  it.each([
    ['resampled', values],
    ['not resampled, as they are many', tenThousand],
  ])('is near the interval of the normal distribution: %s', (_how, values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance =
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    const half = 1.96 * Math.sqrt(variance / values.length);
    const { value, interval } = toMeans({ values }).values;
    expect(value).toBeCloseTo(mean, 9);
    expect(Math.abs((interval?.[0] ?? 0) - (mean - half))).toBeLessThan(half / 8);
    expect(Math.abs((interval?.[1] ?? 0) - (mean + half))).toBeLessThan(half / 8);
  });

  it('gives the same intervals each time', () => {
    expect(toMeans({ values })).toEqual(toMeans({ values }));
  });

  it('draws the same groups for all columns, so that their differences are paired', () => {
    const { one, more } = toMeans({ one: values, more: values.map((value) => value + 1) });
    expect(more.interval?.[0]).toBeCloseTo((one.interval?.[0] ?? 0) + 1, 9);
    expect(more.interval?.[1]).toBeCloseTo((one.interval?.[1] ?? 0) + 1, 9);
  });

  it('knows nothing of no groups', () => {
    expect(toMeans({ none: [] })).toEqual({ none: { value: null, interval: null } });
  });
});
