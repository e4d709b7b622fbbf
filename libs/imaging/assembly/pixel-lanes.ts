/** Moves 4 x 4 pixels between rows of bytes and vectors that hold one pixel of each row. */
export class PixelLanes {
  @inline
  static low(a: v128, b: v128): v128 {
    return v128.shuffle<u32>(a, b, 0, 4, 1, 5);
  }

  @inline
  static high(a: v128, b: v128): v128 {
    return v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  }

  @inline
  static lowPairs(a: v128, b: v128): v128 {
    return v128.shuffle<u64>(a, b, 0, 2);
  }

  @inline
  static highPairs(a: v128, b: v128): v128 {
    return v128.shuffle<u64>(a, b, 1, 3);
  }

  /** The pixel above that of each lane: from the previous row for the first lane, else from the previous lane. */
  @inline
  static above(rowBefore: v128, previous: v128, index: i32): v128 {
    if (index == 0) return v128.shuffle<u32>(rowBefore, previous, 0, 4, 5, 6);
    if (index == 1) return v128.shuffle<u32>(rowBefore, previous, 1, 4, 5, 6);
    if (index == 2) return v128.shuffle<u32>(rowBefore, previous, 2, 4, 5, 6);
    return v128.shuffle<u32>(rowBefore, previous, 3, 4, 5, 6);
  }
}
