import { describe, expect, it } from 'vitest';
import { compareVariants, type SampleResult } from './compare-variants.js';

const result = (score: number, crop: SampleResult['crop'], ...vector: number[]): SampleResult => ({
  score,
  crop,
  vector: Float32Array.from(vector),
});
const whole: SampleResult['crop'] = [0, 0, 1, 1];

describe('compareVariants', () => {
  it('finds no difference between equals', () => {
    const groups = [[result(1, whole, 3, 4), result(2, [0.1, 0.2, 0.8, 0.9], 1, 0)]];
    expect(compareVariants(groups, groups)).toEqual({
      ...{ images: 2, cosineMin: 1, cosineMedian: 1, groups: 1, contested: 1, picksChanged: 0 },
      ...{ cornerMean: 0, cornerMax: 0, iouMean: 1, iouMin: 1 },
    });
  });

  it('counts groups in which another image is best', () => {
    const before = [[result(2, whole, 1), result(1, whole, 1)], [result(1, whole, 1)]];
    const after = [[result(1, whole, 1), result(2, whole, 1)], [result(9, whole, 1)]];
    expect(compareVariants(before, after)).toMatchObject({
      groups: 2,
      contested: 1,
      picksChanged: 1,
    });
  });

  it('takes the angle between vectors, whatever their length', () => {
    const before = [[result(1, whole, 1, 0), result(1, whole, 1, 0)]];
    const after = [[result(1, whole, 0, 5), result(1, whole, 7, 0)]];
    const { cosineMin, cosineMedian } = compareVariants(before, after);
    expect([cosineMin, cosineMedian]).toEqual([0, 0.5]);
  });

  it('measures how far corners move and how much of the boxes is shared', () => {
    const before = [[result(1, [0, 0, 0.5, 1], 1)]];
    const after = [[result(1, [0.3, 0.4, 0.5, 1], 1)]];
    const { cornerMean, cornerMax, iouMean } = compareVariants(before, after);
    expect([cornerMean, cornerMax, iouMean]).toEqual([0.25, 0.5, expect.closeTo(0.24)]);
  });

  it('gives an inverted box no inside', () => {
    const inverted: SampleResult['crop'] = [1, 1, 0, 0];
    expect(compareVariants([[result(1, inverted, 1)]], [[result(1, whole, 1)]]).iouMin).toBe(0);
    expect(compareVariants([[result(1, inverted, 1)]], [[result(1, inverted, 1)]]).iouMin).toBe(1);
  });
});
