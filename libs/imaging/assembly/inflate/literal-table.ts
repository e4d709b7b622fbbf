import { beginCodes, COMPLETE, fill, MAX_CODE_BITS, takeCode } from './code-lengths';

/** Number of bits of the stream for one lookup. */
export const LITERAL_BITS: i32 = 11;
const ENTRIES: i32 = 1 << LITERAL_BITS;
/** Longer codes have a second table for each value of their first bits. */
const REST_BITS: i32 = MAX_CODE_BITS - LITERAL_BITS;
const REST_ENTRIES: i32 = 1 << REST_BITS;
/** At least two codes share a second table, and there are 286 symbols. */
const MAX_REST_TABLES: i32 = 144;

export const LITERALS: i32 = 256;
export const LITERAL_SYMBOLS: i32 = 286;

/*
 * An entry, by its highest bits:
 *   00 one to three literals: 28-29 their number, 24-27 length of their codes, 0-23 the bytes
 *   01 a match without extra bits, behind no, one or two literals: the same, and 16-23 its length
 *   1  anything else: 29-30 the kind, 24-27 length of its code
 * For a match with extra bits: 0-8 its least length, 9-11 the number of extra bits. For a longer code: 0-15 the
 * start of its second table.
 */
export const MATCH: u32 = 0x4000_0000;
export const KIND: u32 = 0xe000_0000;
export const LONG_MATCH: u32 = 0x8000_0000;
export const END_OF_BLOCK: u32 = 0xa000_0000;
export const LONGER: u32 = 0xc000_0000;
export const NO_MEANING: u32 = 0xe000_0000;

const literalTable: usize = memory.data((ENTRIES + MAX_REST_TABLES * REST_ENTRIES) * 4, 16);

/** Least length and additional bits of the symbols from 257 on (RFC 1951, 3.2.5). */
const leastLengths: usize = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
]);
const lengthBits: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);

/** Looks up entries by the next bits of the stream. */
export class LiteralTable {
  @inline
  static entryFor(bits: u64): u32 {
    return load<u32>(literalTable + ((<usize>bits & (ENTRIES - 1)) << 2));
  }

  /** The entry of a longer code, by its further bits. */
  @inline
  static toRest(entry: u32, bits: u64): u32 {
    const table = literalTable + <usize>(entry & 0xffff);
    return load<u32>(table + ((<usize>bits & (REST_ENTRIES - 1)) << 2));
  }
}

/** Makes the table of literals and lengths. Returns false if the codes are incomplete or oversubscribed. */
export function makeLiteralTable(lengths: usize, symbols: i32): bool {
  if (beginCodes(lengths, symbols) != COMPLETE) return false;
  memory.fill(literalTable, 0, (<usize>ENTRIES) << 2);
  let restEnd = (<u32>ENTRIES) << 2;
  for (let symbol = 0; symbol < symbols; symbol++) {
    const bits = <i32>load<u8>(lengths + <usize>symbol);
    if (bits == 0) continue;
    const code = takeCode(bits);
    if (bits <= LITERAL_BITS) {
      fill(literalTable, code, bits, ENTRIES, toEntry(symbol, bits));
      continue;
    }
    const first = literalTable + ((<usize>code & (ENTRIES - 1)) << 2);
    if (load<u32>(first) == 0) {
      store<u32>(first, LONGER | restEnd);
      restEnd += REST_ENTRIES << 2;
    }
    const rest = literalTable + <usize>(load<u32>(first) & 0xffff);
    const restBits = bits - LITERAL_BITS;
    fill(rest, code >> LITERAL_BITS, restBits, REST_ENTRIES, toEntry(symbol, restBits));
  }
  joinLiterals();
  return true;
}

function toEntry(symbol: i32, bits: i32): u32 {
  const codeBits = (<u32>bits) << 24;
  if (symbol < LITERALS) return codeBits | <u32>symbol | (1 << 28);
  if (symbol == LITERALS) return codeBits | END_OF_BLOCK;
  if (symbol >= LITERAL_SYMBOLS) return codeBits | NO_MEANING;
  const index = <usize>(symbol - LITERALS - 1);
  const least = <u32>load<u16>(leastLengths + (index << 1));
  const more = <u32>load<u8>(lengthBits + index);
  if (more == 0 && least < 256) return codeBits | MATCH | (least << 16);
  return codeBits | LONG_MATCH | least | (more << 9);
}

/** Extends the entries of short literals by the next one or two symbols, if their codes fit into one lookup. */
function joinLiterals(): void {
  // From the end: the symbol behind a literal is at a lower index, whose entry is not extended yet.
  for (let at = ENTRIES - 1; at >= 0; at--) {
    const place = literalTable + ((<usize>at) << 2);
    const first = load<u32>(place);
    if (first >> 28 != 1) continue;
    let bits = (first >> 24) & 15;
    const second = load<u32>(literalTable + ((<usize>(<u32>at >> bits)) << 2));
    bits += (second >> 24) & 15;
    if (<i32>second <= 0 || bits > <u32>LITERAL_BITS) continue;
    if ((second & MATCH) != 0) {
      store<u32>(place, (first & 0xff) | (second & 0xff_0000) | (bits << 24) | (1 << 28) | MATCH);
      continue;
    }
    const two = (first & 0xff) | ((second & 0xff) << 8);
    let joined = two | (bits << 24) | (2 << 28);
    const third = load<u32>(literalTable + ((<usize>(<u32>at >> bits)) << 2));
    bits += (third >> 24) & 15;
    if (<i32>third > 0 && bits <= <u32>LITERAL_BITS) {
      joined =
        (third & MATCH) != 0
          ? two | (third & 0xff_0000) | (bits << 24) | (2 << 28) | MATCH
          : two | ((third & 0xff) << 16) | (bits << 24) | (3 << 28);
    }
    store<u32>(place, joined);
  }
}
