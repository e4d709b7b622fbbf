import { describe, expect, it } from 'vitest';
import { estimateLeft, type ObservedRate } from './estimate.js';

/** The rate of an earlier run, before anything of this run has been measured. */
const remembered: ObservedRate = {
  imagesPerSecond: 10,
  spread: 0.2,
  phase: 1,
  stretches: 0,
  stretchSeconds: 2,
};
const observed: ObservedRate = { ...remembered, stretches: 50 };
/** How wide the interval is, on a logarithmic scale, without the second on both sides. */
function toWidth(images: number, rate: ObservedRate): number {
  const { low, high } = estimateLeft([{ images, rate }]) ?? { low: NaN, high: NaN };
  return Math.log((high - 1) / (low + 1)) / 2;
}

describe('the time that is left', () => {
  it('is none where nothing is left, whatever is known', () => {
    const none = { seconds: 0, low: 0, high: 0 };
    expect(estimateLeft([])).toEqual(none);
    expect(estimateLeft([{ images: 0, rate: undefined }])).toEqual(none);
  });

  it.each([
    undefined,
    { ...remembered, imagesPerSecond: 0 },
    { ...remembered, imagesPerSecond: NaN },
  ])('is unknown while no rate is known for work that is left: %j', (rate) => {
    expect(
      estimateLeft([
        { images: 5, rate: remembered },
        { images: 1, rate },
      ]),
    ).toBeUndefined();
    expect(
      estimateLeft([
        { images: 5, rate: remembered },
        { images: 0, rate },
      ]),
    ).toBeDefined();
  });

  it('is what each kind of work takes at its own rate, together', () => {
    const fast = { ...remembered, imagesPerSecond: 1_000 };
    const work = [
      { images: 100, rate: remembered },
      { images: 3_000, rate: fast },
    ];
    expect(estimateLeft(work)?.seconds).toBeCloseTo(13, 10);
  });

  it('has four of five outcomes of the remembered spread within it', () => {
    expect(toWidth(1_000, remembered)).toBeCloseTo(1.2816 * 0.2, 6);
  });

  it('is less uncertain together than each kind alone', () => {
    const both = estimateLeft([
      { images: 1_000, rate: remembered },
      { images: 1_000, rate: remembered },
    ]);
    expect(Math.log(((both?.high ?? 0) - 1) / (both?.seconds ?? 0))).toBeCloseTo(
      (1.2816 * 0.2) / Math.SQRT2,
      6,
    );
  });

  it('never has an interval below zero', () => {
    expect(estimateLeft([{ images: 1, rate: remembered }])).toMatchObject({ low: 0 });
  });

  it('has a width of what the rate was seen to vary by, as far as it was seen', () => {
    // 50 stretches were observed and 50 are left: the variance of both means is a fiftieth of one stretch's.
    const ofMeans = 0.2 ** 2 * (1 / 50 + 1 / 50);
    const drift = 0.21 ** 2 + 0.2 ** 2 / 50;
    const expected = Math.sqrt(ofMeans + drift * Math.log(2) + 0.03 ** 2);
    expect(toWidth(1_000, observed)).toBeCloseTo(1.2816 * expected, 6);
  });

  it('takes what is shorter than a stretch as one', () => {
    const drift = 0.21 ** 2 + 0.2 ** 2 / 50;
    const expected = Math.sqrt(0.2 ** 2 * (1 / 50 + 1) + drift * Math.log(1 + 1 / 50) + 0.03 ** 2);
    expect(toWidth(15, observed)).toBeCloseTo(1.2816 * expected, 6);
  });

  it('is less certain where slow phases last, but no less than one stretch says', () => {
    const uneven = { ...observed, phase: 10 };
    expect(toWidth(1_000, uneven)).toBeGreaterThan(toWidth(1_000, observed));
    const longest = { ...observed, phase: 50 };
    expect(toWidth(1_000, { ...observed, phase: 500 })).toBeCloseTo(toWidth(1_000, longest), 10);
  });

  it('is less certain the further it goes beyond what was seen', () => {
    expect(toWidth(100_000, observed)).toBeGreaterThan(toWidth(1_000, observed));
  });
});
