import { BitReader } from './bit-reader';
import { beginCodes, COMPLETE, fill, takeCode } from './code-lengths';
import { DISTANCE_SYMBOLS, FIXED_DISTANCE_SYMBOLS, makeDistanceTable } from './distance-table';
import { LITERALS, LITERAL_SYMBOLS, makeLiteralTable } from './literal-table';

/** The lengths of codes are themselves encoded by codes of at most seven bits (RFC 1951, 3.2.7). */
const LENGTH_CODES: i32 = 19;
const LENGTH_CODE_BITS: i32 = 7;
const order: usize = memory.data<u8>([
  16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
]);
const lengthsOfLengths: usize = memory.data(LENGTH_CODES + 1, 4);
/** Bits of an entry: 0-7 the symbol, 8-15 the length of its code. */
const lengthTable: usize = memory.data((1 << LENGTH_CODE_BITS) * 4, 16);
/** With space for a repetition, which may write 138 more before it is found to be too long. */
const lengths: usize = memory.data(LITERAL_SYMBOLS + FIXED_DISTANCE_SYMBOLS + 144, 4);

const REPEAT_LAST: u32 = 16;
const REPEAT_ZERO: u32 = 17;
const FIXED_LITERAL_SYMBOLS: i32 = 288;

/** Uses the fixed codes (RFC 1951, 3.2.6). */
export function useFixedCodes(): bool {
  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + LITERALS, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  if (!makeLiteralTable(lengths, FIXED_LITERAL_SYMBOLS)) return false;
  memory.fill(lengths, 5, FIXED_DISTANCE_SYMBOLS);
  return makeDistanceTable(lengths, FIXED_DISTANCE_SYMBOLS);
}

/** Reads the codes at the beginning of a block. Returns false if they are invalid. */
export function readCodes(): bool {
  BitReader.refill();
  const literals = <i32>BitReader.take(5) + 257;
  const distances = <i32>BitReader.take(5) + 1;
  const stated = <i32>BitReader.take(4) + 4;
  if (literals > LITERAL_SYMBOLS || distances > DISTANCE_SYMBOLS) return false;
  if (!readLengthTable(stated)) return false;
  if (!readLengths(literals + distances)) return false;
  if (load<u8>(lengths + LITERALS) == 0) return false;
  return (
    makeLiteralTable(lengths, literals) && makeDistanceTable(lengths + <usize>literals, distances)
  );
}

function readLengthTable(stated: i32): bool {
  memory.fill(lengthsOfLengths, 0, LENGTH_CODES);
  for (let index = 0; index < stated; index++) {
    BitReader.refill();
    const symbol = <usize>load<u8>(order + <usize>index);
    store<u8>(lengthsOfLengths + symbol, BitReader.take(3));
  }
  if (beginCodes(lengthsOfLengths, LENGTH_CODES) != COMPLETE) return false;
  for (let symbol = 0; symbol < LENGTH_CODES; symbol++) {
    const bits = <i32>load<u8>(lengthsOfLengths + <usize>symbol);
    if (bits == 0) continue;
    const entry = <u32>symbol | ((<u32>bits) << 8);
    fill(lengthTable, takeCode(bits), bits, 1 << LENGTH_CODE_BITS, entry);
  }
  return true;
}

function readLengths(count: i32): bool {
  let at = 0;
  while (at < count) {
    BitReader.refill();
    const index = <usize>BitReader.bits & ((1 << LENGTH_CODE_BITS) - 1);
    const entry = load<u32>(lengthTable + (index << 2));
    BitReader.take(entry >> 8);
    const symbol = entry & 0xff;
    if (symbol < REPEAT_LAST) {
      store<u8>(lengths + <usize>at, symbol);
      at += 1;
      continue;
    }
    let repeated: u32 = 0;
    let times: i32;
    if (symbol == REPEAT_LAST) {
      if (at == 0) return false;
      repeated = load<u8>(lengths + <usize>at - 1);
      times = 3 + BitReader.take(2);
    } else {
      times = symbol == REPEAT_ZERO ? 3 + BitReader.take(3) : 11 + BitReader.take(7);
    }
    memory.fill(lengths + <usize>at, <u8>repeated, <usize>times);
    at += times;
  }
  return at == count;
}
