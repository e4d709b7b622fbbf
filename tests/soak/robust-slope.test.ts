import { describe, expect, it } from 'vitest';
import { growthPerHour, median } from './robust-slope.js';

const series = (values: readonly number[]) => values.map((value, minute) => ({ minute, value }));

describe('the growth of a series', () => {
  it('is that of a straight line', () => {
    const line = Array.from({ length: 1_000 }, (_unused, minute) => 5 + 2 * minute);
    expect(growthPerHour(series(line))).toBeCloseTo(120);
  });

  it('is zero of a sawtooth, as memory with a garbage collector is', () => {
    const sawtooth = Array.from({ length: 400 }, (_unused, minute) => 100 + (minute % 7) * 10);
    expect(Math.abs(growthPerHour(series(sawtooth)))).toBeLessThan(1);
  });

  it('does not depend on a few values that are far off', () => {
    const line = Array.from({ length: 100 }, (_unused, minute) =>
      minute % 5 === 0 ? 10_000 : minute,
    );
    expect(growthPerHour(series(line))).toBeCloseTo(60, 0);
  });

  it('is zero where there is nothing to compare', () => {
    expect(growthPerHour(series([3]))).toBe(0);
    expect(median([])).toBe(0);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});
