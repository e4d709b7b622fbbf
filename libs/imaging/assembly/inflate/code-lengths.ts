/** Codes of a deflate stream have at most 15 bits (RFC 1951, 3.2.7). */
export const MAX_CODE_BITS: i32 = 15;

const counts: usize = memory.data((MAX_CODE_BITS + 1) * 4, 4);
const next: usize = memory.data((MAX_CODE_BITS + 1) * 4, 4);

export const COMPLETE: i32 = 0;
/** No code, or a single code of one bit, which is allowed for the distances of a stream without matches. */
export const ALMOST_EMPTY: i32 = 1;
export const UNUSABLE: i32 = 2;

/** Prepares the codes for `symbols` lengths, one byte each. Returns whether the set of codes is complete. */
export function beginCodes(lengths: usize, symbols: i32): i32 {
  memory.fill(counts, 0, (MAX_CODE_BITS + 1) * 4);
  for (let symbol = 0; symbol < symbols; symbol++) {
    const count = counts + ((<usize>load<u8>(lengths + <usize>symbol)) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
  let left = 1;
  let code = 0;
  for (let bits = 1; bits <= MAX_CODE_BITS; bits++) {
    const count = load<i32>(counts + ((<usize>bits) << 2));
    store<u32>(next + ((<usize>bits) << 2), code);
    code = (code + count) << 1;
    left = (left << 1) - count;
    if (left < 0) return UNUSABLE;
  }
  if (left == 0) return COMPLETE;
  const unused = load<i32>(counts);
  const isAlmostEmpty = unused == symbols || (unused == symbols - 1 && load<i32>(counts, 4) == 1);
  return isAlmostEmpty ? ALMOST_EMPTY : UNUSABLE;
}

/** The next code of so many bits, with its first bit lowest, as in the stream. */
export function takeCode(bits: i32): u32 {
  const place = next + ((<usize>bits) << 2);
  let code = load<u32>(place);
  store<u32>(place, code + 1);
  code = ((code & 0x5555) << 1) | ((code >> 1) & 0x5555);
  code = ((code & 0x3333) << 2) | ((code >> 2) & 0x3333);
  code = ((code & 0x0f0f) << 4) | ((code >> 4) & 0x0f0f);
  code = ((code & 0x00ff) << 8) | (code >> 8);
  return code >> (16 - bits);
}

/** Writes an entry at every index whose lowest bits are the code. */
export function fill(table: usize, code: u32, bits: i32, entries: i32, entry: u32): void {
  const end = table + ((<usize>entries) << 2);
  const step = (<usize>4) << bits;
  for (let at = table + ((<usize>code) << 2); at < end; at += step) store<u32>(at, entry);
}
