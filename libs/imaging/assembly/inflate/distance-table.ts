import { beginCodes, fill, MAX_CODE_BITS, takeCode, UNUSABLE } from './code-lengths';

/** Number of bits of the stream for one lookup. */
export const DISTANCE_BITS: i32 = 9;
const ENTRIES: i32 = 1 << DISTANCE_BITS;
const REST_BITS: i32 = MAX_CODE_BITS - DISTANCE_BITS;
const REST_ENTRIES: i32 = 1 << REST_BITS;

/** Number of symbols. Fixed blocks have codes for two more, which have no meaning. */
export const DISTANCE_SYMBOLS: i32 = 30;
export const FIXED_DISTANCE_SYMBOLS: i32 = 32;

/*
 * Bits of an entry: 0-15 least distance, 16-19 length of the code, 20-24 length of the code and the extra bits
 * together. For a longer code: bit 31, and in 0-15 the start of the table for its further bits. Zero: there is
 * no such code.
 */
const LONGER_DISTANCE: u32 = 0x8000_0000;

const distanceTable: usize = memory.data((ENTRIES + 16 * REST_ENTRIES) * 4, 16);

/** Looks up entries by the next bits of the stream. */
export class DistanceTable {
  @inline
  static entryFor(bits: u64): u32 {
    return load<u32>(distanceTable + ((<usize>bits & (ENTRIES - 1)) << 2));
  }

  /** The entry of a longer code, by its further bits. */
  @inline
  static toRest(entry: u32, bits: u64): u32 {
    const table = distanceTable + <usize>(entry & 0xffff);
    return load<u32>(table + ((<usize>bits & (REST_ENTRIES - 1)) << 2));
  }
}

/** Makes the table of distances. Returns false if the codes are incomplete or oversubscribed. */
export function makeDistanceTable(lengths: usize, symbols: i32): bool {
  const codes = beginCodes(lengths, symbols);
  if (codes == UNUSABLE) return false;
  memory.fill(distanceTable, 0, (<usize>(ENTRIES + 16 * REST_ENTRIES)) << 2);
  let restEnd = (<u32>ENTRIES) << 2;
  for (let symbol = 0; symbol < symbols; symbol++) {
    const bits = <i32>load<u8>(lengths + <usize>symbol);
    if (bits == 0) continue;
    const code = takeCode(bits);
    if (bits <= DISTANCE_BITS) {
      fill(distanceTable, code, bits, ENTRIES, toEntry(symbol, bits));
      continue;
    }
    const first = distanceTable + ((<usize>code & (ENTRIES - 1)) << 2);
    if (load<u32>(first) == 0) {
      store<u32>(first, LONGER_DISTANCE | restEnd);
      restEnd += REST_ENTRIES << 2;
    }
    const rest = distanceTable + <usize>(load<u32>(first) & 0xffff);
    const restBits = bits - DISTANCE_BITS;
    fill(rest, code >> DISTANCE_BITS, restBits, REST_ENTRIES, toEntry(symbol, restBits));
  }
  return true;
}

/** RFC 1951, 3.2.5: from the fifth on, two symbols share a number of additional bits. */
function toEntry(symbol: i32, bits: i32): u32 {
  if (symbol >= DISTANCE_SYMBOLS) return 0;
  const more: u32 = symbol < 4 ? 0 : (<u32>symbol >> 1) - 1;
  const least: u32 = symbol < 4 ? symbol + 1 : ((2 | (symbol & 1)) << more) + 1;
  return least | ((<u32>bits) << 16) | ((<u32>bits + more) << 20);
}
