import { NARROW_ROW_BYTES, TARGET_SIZE } from './memory';

/** Bytes of a column's weights for four taps: int16 [4] low halves, int16 [4] high halves. */
const GROUP_BYTES: i32 = 16;

/**
 * Horizontal pass: reduces `rows` rows of RGB at `source`, `stride` bytes apart, to 224 pixels each at `target`.
 * Each step processes four taps (12 bytes) of two rows. A weight w of 24 bits is split into low + high * 2^16,
 * so that products of 16-bit lanes add up exactly in 32 bits.
 *
 * Reads up to 16 bytes behind the last pixel of a row, where the weights are zero.
 */
export function filterRows(
  source: usize,
  stride: i32,
  rows: i32,
  starts: usize,
  weights: usize,
  groups: i32,
  target: usize,
): void {
  // Lanes of 16 bits: four reds and four greens of a row, or its four blues.
  const redGreen = i8x16(0, -1, 3, -1, 6, -1, 9, -1, 1, -1, 4, -1, 7, -1, 10, -1);
  const blues = i8x16(2, -1, 5, -1, 8, -1, 11, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  const toPixels = i8x16(0, 1, 4, -1, 2, 3, 5, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  // One half of rounding for each of the two sums that a vector holds in two parts.
  const rounding = i32x4(1 << 21, 0, 1 << 21, 0);
  for (let y = 0; y < rows; y += 2) {
    const rowA = source + <usize>(y * stride);
    const rowB = y + 1 < rows ? rowA + <usize>stride : rowA;
    let outA = target + <usize>(y * NARROW_ROW_BYTES);
    let outB = y + 1 < rows ? outA + <usize>NARROW_ROW_BYTES : outA;
    let weight = weights;
    for (let x = 0; x < TARGET_SIZE; x++) {
      const start = <usize>load<i32>(starts + ((<usize>x) << 2));
      let a = rowA + start;
      let b = rowB + start;
      let lowA = rounding;
      let lowB = rounding;
      let lowC = rounding;
      let highA = i32x4.splat(0);
      let highB = i32x4.splat(0);
      let highC = i32x4.splat(0);
      const end = weight + <usize>(groups * GROUP_BYTES);
      for (; weight < end; weight += GROUP_BYTES) {
        const pixelsA = v128.load(a);
        const pixelsB = v128.load(b);
        const low = v128.load64_splat(weight);
        const high = v128.load64_splat(weight, 8);
        const rgA = i8x16.swizzle(pixelsA, redGreen);
        const rgB = i8x16.swizzle(pixelsB, redGreen);
        const blue = v128.shuffle<u32>(
          i8x16.swizzle(pixelsA, blues),
          i8x16.swizzle(pixelsB, blues),
          0,
          1,
          4,
          5,
        );
        lowA = i32x4.add(lowA, i32x4.dot_i16x8_s(rgA, low));
        highA = i32x4.add(highA, i32x4.dot_i16x8_s(rgA, high));
        lowB = i32x4.add(lowB, i32x4.dot_i16x8_s(rgB, low));
        highB = i32x4.add(highB, i32x4.dot_i16x8_s(rgB, high));
        lowC = i32x4.add(lowC, i32x4.dot_i16x8_s(blue, low));
        highC = i32x4.add(highC, i32x4.dot_i16x8_s(blue, high));
        a += 12;
        b += 12;
      }
      // Each vector holds two sums in two parts: [s0 s0' s1 s1'].
      const sumA = i32x4.add(lowA, i32x4.shl(highA, 16));
      const sumB = i32x4.add(lowB, i32x4.shl(highB, 16));
      const sumC = i32x4.add(lowC, i32x4.shl(highC, 16));
      const sumsAB = i32x4.add(
        v128.shuffle<u32>(sumA, sumB, 0, 2, 4, 6),
        v128.shuffle<u32>(sumA, sumB, 1, 3, 5, 7),
      );
      const sumsC = i32x4.add(
        v128.shuffle<u32>(sumC, sumC, 0, 2, 0, 2),
        v128.shuffle<u32>(sumC, sumC, 1, 3, 1, 3),
      );
      // Reds and greens of A, of B, then both blues: [rA gA rB gB bA bB ...].
      const words = i16x8.narrow_i32x4_s(i32x4.shr_s(sumsAB, 22), i32x4.shr_s(sumsC, 22));
      const pixels = i8x16.swizzle(i8x16.narrow_i16x8_u(words, words), toPixels);
      v128.store32_lane(outA, pixels, 0);
      v128.store32_lane(outB, pixels, 1);
      outA += 3;
      outB += 3;
    }
  }
}
