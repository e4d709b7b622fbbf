import { preprocess } from '@cullstream/imaging';
import { describe, expect, it } from 'vitest';
import { findVectorDrift, type ImageVector } from './check-vectors.js';
import { findPixelDrift } from './find-pixel-drift.js';

const fp32 = { precision: 'fp32' } as const;
const image = 'a'.repeat(64);

/** A vector of length 1. */
const expected: ImageVector[] = [{ image, vector: Float32Array.from({ length: 4 }, () => 0.5) }];

/** The same vector with one value changed by `by`. */
function off(by: number): ImageVector[] {
  return [{ image, vector: Float32Array.of(0.5 + by, 0.5, 0.5, 0.5) }];
}

describe('the check of pixels', () => {
  it('is content with what sharp and our resampling give', async () => {
    expect(await findPixelDrift()).toBeUndefined();
  });

  it('finds pixels that are shifted by one', async () => {
    const shifted = async (bytes: Uint8Array) => {
      const { pixels } = await preprocess(bytes, 'exact');
      return { pixels: Uint8Array.from([...pixels.subarray(3), ...pixels.subarray(0, 3)]) };
    };
    expect(await findPixelDrift(shifted)).toMatch(
      /^the pixels of a built-in PNG are not the known/,
    );
  });

  it('finds that nothing can be decoded', async () => {
    const broken = () => Promise.reject(new Error('no libvips'));
    expect(await findPixelDrift(broken)).toContain('built-in PNG cannot be had (no libvips)');
  });
});

describe('the check of vectors', () => {
  it('is content with other last digits, in int8 with a few more', () => {
    expect(findVectorDrift(off(0.0005), expected, fp32, 'known')).toBeUndefined();
    expect(findVectorDrift(off(0.005), expected, { precision: 'int8' }, 'known')).toBeUndefined();
  });

  it('says by how much vectors are off, and from which', () => {
    expect(findVectorDrift(off(0.005), expected, fp32, 'those of old')).toMatch(
      /^the vectors of built-in images are off by 0\.5 % from those of old: .*npm ci/,
    );
  });

  it.each([
    ['another length', [{ image, vector: new Float32Array(3) }]],
    ['what is no number', [{ image, vector: new Float32Array(4).fill(NaN) }]],
    ['another image', [{ image: 'b'.repeat(64), vector: Float32Array.of(0.5, 0.5, 0.5, 0.5) }]],
  ])('is not content with %s', (_what, vectors) => {
    expect(findVectorDrift(vectors, expected, fp32, 'known')).toContain('are off altogether');
  });
});
