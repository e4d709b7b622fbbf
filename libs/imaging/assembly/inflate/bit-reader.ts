/** Reads the deflate stream as bits, the lowest bit of each byte first. */
export class BitReader {
  /** Address of the next bytes that are not in `bits`. */
  static at: usize = 0;
  static bits: u64 = 0;
  /** Number of valid bits in `bits`. Higher bits are zero, or the same bits that are read there again. */
  static count: i32 = 0;

  static begin(at: usize): void {
    BitReader.at = at;
    BitReader.bits = 0;
    BitReader.count = 0;
  }

  /** Address of the first byte of which no bit has been taken. */
  static place(): usize {
    return BitReader.at - <usize>(BitReader.count >> 3);
  }

  /** Fills `bits` up to at least 56 bits. */
  static refill(): void {
    BitReader.bits |= load<u64>(BitReader.at) << BitReader.count;
    BitReader.at += <usize>((63 - BitReader.count) >> 3);
    BitReader.count |= 56;
  }

  /** Takes the next `count` bits, at most 32. They must be in `bits`. */
  static take(count: i32): u32 {
    const taken = <u32>(BitReader.bits & (((<u64>1) << count) - 1));
    BitReader.bits >>= count;
    BitReader.count -= count;
    return taken;
  }

  /** Skips to the beginning of the next byte. */
  static alignToByte(): void {
    BitReader.begin(BitReader.place());
  }
}
