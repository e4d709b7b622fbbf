import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resampleExact } from './resample-exact.js';
import { resampleReference } from './resample-reference.js';

/** Noise with flat black and white stretches, so that sums reach both ends of the range. */
function noise(widthPx: number, heightPx: number, seed: number): Uint8Array {
  const pixels = new Uint8Array(widthPx * heightPx * 3);
  let state = seed | 1;
  for (let index = 0; index < pixels.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const kind = (state >>> 28) & 3;
    pixels[index] = kind === 0 ? 0 : kind === 1 ? 255 : state >>> 16;
  }
  return pixels;
}

function expectSameBits(widthPx: number, heightPx: number, seed: number): void {
  const pixels = noise(widthPx, heightPx, seed);
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
