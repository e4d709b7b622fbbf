import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSeconds } from './format-seconds.js';

describe('formatSeconds', () => {
  it.each([
    [0, '0.0 s'],
    [4.25, '4.3 s'],
    [59.94, '59.9 s'],
    [59.95, '1 min 0 s'],
    [119.5, '2 min 0 s'],
    [185.4, '3 min 5 s'],
    [3_599.4, '59 min 59 s'],
    [3_599.5, '1 h 0 min'],
    [7_169, '1 h 59 min'],
    [7_170, '2 h 0 min'],
    [3_600_000, '1,000 h 0 min'],
  ])('writes %d as "%s"', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  it('never writes 60 of a unit, and says the time to half of its smaller unit', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.double({ min: 0, max: 400_000, noNaN: true }), nearABoundary()),
        (seconds) => {
          const parts = [...formatSeconds(seconds).matchAll(/([\d.,]+) (h|min|s)/g)].map(
            ([, count = '', unit = '']) => ({ count: Number(count.replace(',', '')), unit }),
          );
          const [larger, smaller] = parts.length === 1 ? [undefined, parts[0]] : parts;
          expect(smaller?.count).toBeLessThan(60);
          if (larger?.unit === 'min') expect(larger.count).toBeLessThan(60);
          const said = parts.reduce((sum, { count, unit }) => sum + count * toSeconds(unit), 0);
          const precision = larger === undefined ? 0.1 : toSeconds(smaller?.unit ?? '');
          expect(Math.abs(said - seconds)).toBeLessThanOrEqual(precision / 2 + 1e-6);
        },
      ),
    );
  });
});

function toSeconds(unit: string): number {
  return { h: 3_600, min: 60, s: 1 }[unit] ?? NaN;
}

function nearABoundary(): fc.Arbitrary<number> {
  return fc
    .tuple(fc.integer({ min: 1, max: 6_000 }), fc.double({ min: -1, max: 1, noNaN: true }))
    .map(([minutes, offset]) => minutes * 60 + offset);
}
