import { BitReader } from './bit-reader';
import { readCodes, useFixedCodes } from './block-codes';
import { DISTANCE_BITS, DistanceTable } from './distance-table';
import {
  END_OF_BLOCK,
  KIND,
  LITERAL_BITS,
  LiteralTable,
  LONGER,
  LONG_MATCH,
  MATCH,
} from './literal-table';
import { repeat } from './repeat';

/** So many bytes must follow the input that is read: enough for the codes of a block, and a word. */
const ROOM_BEHIND_INPUT: usize = 640;
const WINDOW_BYTES: usize = 32_768;

const GO_ON: i32 = 0;
const ENDED: i32 = 1;
const BROKEN: i32 = 2;

enum Phase {
  Header,
  Stored,
  Coded,
  Ended,
}

let phase: Phase = Phase.Header;
let isLastBlock: bool = false;
let storedBytes: usize = 0;
let output: usize = 0;
/** Number of bytes before `output` that a match may refer to. */
let history: usize = 0;

/** Begins to inflate the deflate stream (RFC 1951) at `source` to `target`. */
export function beginInflating(source: usize, target: usize): void {
  BitReader.begin(source);
  phase = Phase.Header;
  isLastBlock = false;
  output = target;
  history = 0;
}

/** Address of the first byte that has not been read. */
export function inflatedFrom(): usize {
  return BitReader.place();
}

/** Address of the first byte that has not been written. */
export function inflatedTo(): usize {
  return output;
}

/** To be called after the input was moved `inputBytes` to the front, and the output `outputBytes`. */
export function moveInflating(inputBytes: usize, outputBytes: usize): void {
  BitReader.at -= inputBytes;
  output -= outputBytes;
}

/**
 * Continues until the output has reached `outputLimit`, or until the input is nearly used up. May write up to
 * 320 bytes behind the limit. The last 32,768 bytes of output, if there are so many, must be before it.
 * @param inputEnd end of the present input, or of all input with `isAll`; 640 zeros must follow
 * @returns 0 if more input or space is needed, 1 at the end of the stream, 2 if the stream is invalid
 */
export function inflate(inputEnd: usize, isAll: bool, outputLimit: usize): i32 {
  const limit = isAll ? inputEnd + 16 : inputEnd - ROOM_BEHIND_INPUT;
  const begin = output;
  while (output < outputLimit) {
    if (phase == Phase.Ended) break;
    if (BitReader.at >= limit && phase != Phase.Stored) break;
    const before = output;
    let isSound = true;
    if (phase == Phase.Header) isSound = beginBlock();
    else if (phase == Phase.Coded) isSound = inflateCodes(limit, outputLimit);
    else if (!copyStored(inputEnd, outputLimit)) break;
    if (!isSound) return BROKEN;
    history = min(WINDOW_BYTES, history + (output - before));
  }
  if (BitReader.place() > inputEnd) return BROKEN;
  if (phase == Phase.Ended) return ENDED;
  const isShort = BitReader.at >= (phase == Phase.Stored ? inputEnd : limit);
  return isAll && isShort ? BROKEN : GO_ON;
}

/** Returns false if the block is invalid. */
function beginBlock(): bool {
  BitReader.refill();
  isLastBlock = BitReader.take(1) != 0;
  const kind = BitReader.take(2);
  if (kind == 0) {
    BitReader.alignToByte();
    storedBytes = <usize>load<u16>(BitReader.at);
    if (<u16>storedBytes != ~load<u16>(BitReader.at, 2)) return false;
    BitReader.at += 4;
    if (storedBytes == 0) endBlock();
    else phase = Phase.Stored;
    return true;
  }
  phase = Phase.Coded;
  return kind == 1 ? useFixedCodes() : kind == 2 ? readCodes() : false;
}

function endBlock(): void {
  phase = isLastBlock ? Phase.Ended : Phase.Header;
}

/** Returns false if there was nothing to copy. */
function copyStored(inputEnd: usize, outputLimit: usize): bool {
  const there = BitReader.at < inputEnd ? inputEnd - BitReader.at : 0;
  const bytes = min(storedBytes, min(there, outputLimit - output));
  if (bytes == 0) return false;
  memory.copy(output, BitReader.at, bytes);
  BitReader.at += bytes;
  output += bytes;
  storedBytes -= bytes;
  if (storedBytes == 0) endBlock();
  return true;
}

/** Returns false if the block has an invalid code, or a match from before the beginning. */
function inflateCodes(limit: usize, outputLimit: usize): bool {
  const oldest = output - history;
  let at = BitReader.at;
  let bits = BitReader.bits;
  let count: i32 = BitReader.count;
  let out = output;
  let isSound = true;
  bits |= load<u64>(at) << count;
  at += <usize>((63 - count) >> 3);
  count |= 56;
  // The next entry is looked up before bits are added: there are always enough bits for it.
  let entry = LiteralTable.entryFor(bits);
  while (out < outputLimit && at < limit) {
    bits |= load<u64>(at) << count;
    at += <usize>((63 - count) >> 3);
    count |= 56;
    // Two lookups and a distance take 50 bits at most.
    if (<i32>entry >= 0) {
      store<u32>(out, entry);
      out += <usize>((entry >> 28) & 3);
      bits >>= (entry >> 24) & 15;
      count -= (entry >> 24) & 15;
      if ((entry & MATCH) == 0) {
        entry = LiteralTable.entryFor(bits);
        if (<i32>entry >= 0) {
          store<u32>(out, entry);
          out += <usize>((entry >> 28) & 3);
          bits >>= (entry >> 24) & 15;
          count -= (entry >> 24) & 15;
          if ((entry & MATCH) == 0) {
            entry = LiteralTable.entryFor(bits);
            continue;
          }
        } else {
          bits |= load<u64>(at) << count;
          at += <usize>((63 - count) >> 3);
          count |= 56;
        }
      }
    }
    let length = (entry >> 16) & 0xff;
    if (<i32>entry < 0) {
      if ((entry & KIND) == LONGER) {
        bits >>= LITERAL_BITS;
        count -= LITERAL_BITS;
        entry = LiteralTable.toRest(entry, bits);
      }
      bits >>= (entry >> 24) & 15;
      count -= (entry >> 24) & 15;
      if (<i32>entry >= 0) {
        length = (entry >> 16) & 0xff;
        if ((entry & MATCH) == 0) {
          store<u8>(out, entry);
          out += 1;
          entry = LiteralTable.entryFor(bits);
          continue;
        }
      } else if ((entry & KIND) == LONG_MATCH) {
        const more = (entry >> 9) & 7;
        length = (entry & 0x1ff) + (<u32>bits & ((1 << more) - 1));
        bits >>= more;
        count -= more;
      } else {
        if ((entry & KIND) == END_OF_BLOCK) endBlock();
        else isSound = false;
        break;
      }
    }
    let farther = DistanceTable.entryFor(bits);
    if (<i32>farther < 0) {
      bits >>= DISTANCE_BITS;
      count -= DISTANCE_BITS;
      farther = DistanceTable.toRest(farther, bits);
    }
    const all = farther >> 20;
    const more = <u32>(bits & (((<u64>1) << all) - 1)) >> ((farther >> 16) & 15);
    const distance = <usize>((farther & 0xffff) + more);
    bits >>= all;
    count -= all;
    entry = LiteralTable.entryFor(bits);
    // An invalid code has a distance of zero.
    if (distance - 1 >= out - oldest) {
      isSound = false;
      break;
    }
    if (distance >= 16) {
      // Most are no longer than this: to copy too much costs less than a wrong guess of the processor.
      v128.store(out, v128.load(out - distance));
      v128.store(out, v128.load(out - distance, 16), 16);
      if (length > 32) repeat(out + 32, distance, length - 32);
    } else {
      repeat(out, distance, length);
    }
    out += length;
  }
  BitReader.at = at;
  BitReader.bits = bits;
  BitReader.count = count;
  output = out;
  return isSound;
}
