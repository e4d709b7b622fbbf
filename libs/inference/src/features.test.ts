import { describe, expect, it } from 'vitest';
import { toCropFeatures, toRankerFeatures } from './features.js';

/** 3 and 4 in the first places: norm 5. */
const vector = new Float32Array(512);
vector.set([3, 4]);
const image = { vector, widthPx: 1024, heightPx: 512 };
const raw = { embedding: 'raw', dimensionScale: 2048 } as const;
const l2 = { embedding: 'l2', dimensionScale: 10_000 } as const;

describe('features', () => {
  it('pass raw embeddings on as they are', () => {
    expect([...toRankerFeatures([image], raw).subarray(0, 3)]).toEqual([3, 4, 0]);
  });

  it('divide l2 embeddings by their norm', () => {
    const rows = toRankerFeatures([image], l2);
    expect([...rows.subarray(0, 2)]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
  });

  it('leave a vector of zeros as it is', () => {
    const rows = toRankerFeatures([{ ...image, vector: new Float32Array(512) }], l2);
    expect(rows.every((value) => value === 0)).toBe(true);
  });

  it('put width and height behind the embedding, divided by the scale', () => {
    const rows = toCropFeatures([image, { ...image, widthPx: 4096 }], raw);
    expect([...rows.subarray(512, 514)]).toEqual([0.5, 0.25]);
    expect([...rows.subarray(514 + 512, 514 + 514)]).toEqual([2, 0.25]);
  });

  it('refuse an embedding of another length', () => {
    const short = { ...image, vector: new Float32Array(511) };
    expect(() => toRankerFeatures([short], raw)).toThrow('an embedding of 511 numbers');
  });
});
