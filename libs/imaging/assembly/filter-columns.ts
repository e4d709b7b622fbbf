import { NARROW_ROW_BYTES, TARGET_ROW_BYTES, TARGET_SIZE } from './memory';

/** Bytes of a row's weights for two taps: int16 [2] low halves, int16 [2] high halves. */
const PAIR_BYTES: i32 = 8;

/**
 * Vertical pass: computes the 224 rows of the target from the narrow rows at `source`, 16 bytes and two taps in
 * each step. `starts` are byte offsets of the first row of each output.
 */
export function filterColumns(
  source: usize,
  starts: usize,
  weights: usize,
  pairs: i32,
  target: usize,
): void {
  const half = i32x4.splat(1 << 21);
  for (let y = 0; y < TARGET_SIZE; y++) {
    const firstRow = source + <usize>load<i32>(starts + ((<usize>y) << 2));
    const firstWeight = weights + <usize>(y * pairs * PAIR_BYTES);
    const out = target + <usize>(y * TARGET_ROW_BYTES);
    for (let x: usize = 0; x < <usize>TARGET_ROW_BYTES; x += 16) {
      let row = firstRow + x;
      let low0 = half;
      let low1 = half;
      let low2 = half;
      let low3 = half;
      let high0 = i32x4.splat(0);
      let high1 = i32x4.splat(0);
      let high2 = i32x4.splat(0);
      let high3 = i32x4.splat(0);
      const end = firstWeight + <usize>(pairs * PAIR_BYTES);
      for (let weight = firstWeight; weight < end; weight += PAIR_BYTES) {
        const a = v128.load(row);
        const b = v128.load(row + <usize>NARROW_ROW_BYTES);
        const low = v128.load32_splat(weight);
        const high = v128.load32_splat(weight, 4);
        const ab0 = v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const ab1 = v128.shuffle<u8>(
          a,
          b,
          8,
          24,
          9,
          25,
          10,
          26,
          11,
          27,
          12,
          28,
          13,
          29,
          14,
          30,
          15,
          31,
        );
        const p0 = i16x8.extend_low_i8x16_u(ab0);
        const p1 = i16x8.extend_high_i8x16_u(ab0);
        const p2 = i16x8.extend_low_i8x16_u(ab1);
        const p3 = i16x8.extend_high_i8x16_u(ab1);
        low0 = i32x4.add(low0, i32x4.dot_i16x8_s(p0, low));
        low1 = i32x4.add(low1, i32x4.dot_i16x8_s(p1, low));
        low2 = i32x4.add(low2, i32x4.dot_i16x8_s(p2, low));
        low3 = i32x4.add(low3, i32x4.dot_i16x8_s(p3, low));
        high0 = i32x4.add(high0, i32x4.dot_i16x8_s(p0, high));
        high1 = i32x4.add(high1, i32x4.dot_i16x8_s(p1, high));
        high2 = i32x4.add(high2, i32x4.dot_i16x8_s(p2, high));
        high3 = i32x4.add(high3, i32x4.dot_i16x8_s(p3, high));
        row += <usize>(2 * NARROW_ROW_BYTES);
      }
      const words0 = i16x8.narrow_i32x4_s(fixed(low0, high0), fixed(low1, high1));
      const words1 = i16x8.narrow_i32x4_s(fixed(low2, high2), fixed(low3, high3));
      v128.store(out + x, i8x16.narrow_i16x8_u(words0, words1));
    }
  }
}

function fixed(low: v128, high: v128): v128 {
  return i32x4.shr_s(i32x4.add(low, i32x4.shl(high, 16)), 22);
}
