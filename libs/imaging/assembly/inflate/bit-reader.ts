/** The deflate stream as bits, lowest first, and where it is read. */
export class BitReader {
  /** The next eight bytes that are not in `bits`. */
  static at: usize = 0;
  static bits: u64 = 0;
  /** How many of `bits` count; those above are zero, or the same as will be read there again. */
  static count: i32 = 0;

  static begin(at: usize): void {
    BitReader.at = at;
    BitReader.bits = 0;
    BitReader.count = 0;
  }

  /** The first byte of which no bit has been taken. */
  static place(): usize {
    return BitReader.at - <usize>(BitReader.count >> 3);
  }

  /** Sees to 56 bits at least. */
  static refill(): void {
    BitReader.bits |= load<u64>(BitReader.at) << BitReader.count;
    BitReader.at += <usize>((63 - BitReader.count) >> 3);
    BitReader.count |= 56;
  }

  /** The next `count` bits, at most 32, of those that are there. */
  static take(count: i32): u32 {
    const taken = <u32>(BitReader.bits & (((<u64>1) << count) - 1));
    BitReader.bits >>= count;
    BitReader.count -= count;
    return taken;
  }

  /** Goes to the beginning of the next byte. */
  static alignToByte(): void {
    BitReader.begin(BitReader.place());
  }
}
