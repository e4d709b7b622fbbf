import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toShare } from './to-share.js';

it('is everything for a writer that is alone', () => {
  expect(toShare(3, [2], 2)).toEqual([1, 2, 3]);
});

it('is one partition each where there are as many writers', () => {
  expect([1, 2, 3].map((own) => toShare(3, [3, 1, 2], own))).toEqual([[1], [2], [3]]);
});

it('is a part of all, to which nobody else has a claim, and which differs by one at most', () => {
  const alive = fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), alive, (count, writers) => {
      const shares = writers.map((own) => toShare(count, writers, own));
      const dealt = shares.flat().toSorted((one, other) => one - other);
      expect(dealt).toEqual(Array.from({ length: count }, (_unused, at) => at + 1));
      const sizes = shares.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});
