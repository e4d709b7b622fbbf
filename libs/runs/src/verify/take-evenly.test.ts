import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInSample } from './take-evenly.js';

const indexes = (total: number) => Array.from({ length: total }, (_unused, index) => index);

describe('isInSample', () => {
  it('takes every second of ten for a sample of five', () => {
    expect(indexes(10).filter((index) => isInSample(index, 10, 5))).toEqual([1, 3, 5, 7, 9]);
  });

  it('takes as many as are wanted, or all', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 600 }), (total, wanted) => {
        const taken = indexes(total).filter((index) => isInSample(index, total, wanted));
        expect(taken).toHaveLength(Math.min(total, wanted));
      }),
    );
  });

  it('takes all where no number is wanted', () => {
    expect(indexes(3).every((index) => isInSample(index, 3, undefined))).toBe(true);
  });
});
