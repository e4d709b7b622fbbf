import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeNoise } from '../../tests/make-noise.js';
import { resampleExact } from './resample-exact.js';
import { resampleReference } from './resample-reference.js';

function expectSameBits(widthPx: number, heightPx: number, seed: number): void {
  const pixels = makeNoise(widthPx * heightPx * 3, seed);
  const exact = resampleExact(pixels, widthPx, heightPx);
  const reference = resampleReference(pixels, widthPx, heightPx);
  expect(Buffer.compare(exact, reference)).toBe(0);
}

describe('the WebAssembly resampler', () => {
  test.each([
    [224, 224],
    [224, 333],
    [500, 224],
    [225, 224],
    [96, 80],
    [3, 2],
    [1, 1],
    [1, 700],
    [700, 1],
    [2, 5000],
    [5000, 3],
    [448, 448],
    [1024, 768],
    [773, 1291],
    [2400, 230],
  ])('gives the bits of the reference for %i x %i', (widthPx, heightPx) => {
    expectSameBits(widthPx, heightPx, widthPx * 31 + heightPx);
  });

  test('gives the bits of the reference for any size', () => {
    const size = fc.oneof(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 200, max: 260 }),
      fc.integer({ min: 1, max: 900 }),
    );
    fc.assert(
      fc.property(size, size, fc.nat(), (widthPx, heightPx, seed) => {
        expectSameBits(widthPx, heightPx, seed);
      }),
      { numRuns: 60 },
    );
  });
});
