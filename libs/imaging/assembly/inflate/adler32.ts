const MODULUS: u32 = 65_521;
/** Most bytes for which every sum stays below 2^32 (RFC 1950, 9). */
const BYTES_AT_ONCE: usize = 5_552;

/** Adler-32 of `length` bytes behind those of `before` (RFC 1950). */
export function adler32(before: u32, from: usize, length: usize): u32 {
  let a = before & 0xffff;
  let b = before >> 16;
  const weightsLow = i16x8(16, 15, 14, 13, 12, 11, 10, 9);
  const weightsHigh = i16x8(8, 7, 6, 5, 4, 3, 2, 1);
  const end = from + length;
  let at = from;
  while (at < end) {
    const stop = min(end, at + BYTES_AT_ONCE);
    let sums = i32x4.splat(0);
    let sumsBefore = i32x4.splat(0);
    let weighted = i32x4.splat(0);
    const start = at;
    for (; at + 16 <= stop; at += 16) {
      const bytes = v128.load(at);
      sumsBefore = i32x4.add(sumsBefore, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)));
      const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(bytes), weightsLow);
      const high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(bytes), weightsHigh);
      weighted = i32x4.add(weighted, i32x4.add(low, high));
    }
    b += a * <u32>(at - start) + (total(sumsBefore) << 4) + total(weighted);
    a += total(sums);
    for (; at < stop; at++) {
      a += load<u8>(at);
      b += a;
    }
    a %= MODULUS;
    b %= MODULUS;
  }
  return (b << 16) | a;
}

function total(lanes: v128): u32 {
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  );
}
