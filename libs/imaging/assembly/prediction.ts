/** Filter types of the PNG specification, 9.2. */
export const NONE: u8 = 0;
export const SUB: u8 = 1;
export const UP: u8 = 2;
export const AVERAGE: u8 = 3;
export const PAETH: u8 = 4;

/** The predictions of filters for 16 bytes, each from its left, upper and upper left neighbour. */
export class Prediction {
  /**
   * The Paeth predictor (PNG specification, 9.4) in 8 bits. Three times the upper left minus the other
   * two tells where their estimate left + upper - upperLeft lies: at or above the larger one, the
   * smaller is nearest; at or below the smaller one, the larger; between, the upper left. Ties fall as
   * the specification orders them, and only comparisons matter, so the sum may saturate.
   */
  @inline
  static paeth(left: v128, upper: v128, upperLeft: v128): v128 {
    const low = i8x16.min_u(left, upper);
    const high = i8x16.max_u(left, upper);
    const overLow = i8x16.sub_sat_u(upperLeft, low);
    const underHigh = i8x16.sub_sat_u(high, upperLeft);
    const rise = i8x16.sub_sat_u(overLow, underHigh);
    const fall = i8x16.sub_sat_u(underHigh, overLow);
    const mark = i8x16.sub_sat_u(i8x16.add_sat_u(upperLeft, rise), fall);
    const isLow = i8x16.eq(i8x16.max_u(high, mark), mark);
    const isHigh = i8x16.eq(i8x16.min_u(low, mark), mark);
    return v128.or(
      v128.or(v128.and(low, isLow), v128.and(high, isHigh)),
      v128.andnot(upperLeft, v128.or(isLow, isHigh)),
    );
  }

  /** The mean of left and upper, rounded down. */
  @inline
  static average(left: v128, upper: v128): v128 {
    const isOdd = v128.and(v128.xor(left, upper), i8x16.splat(1));
    return i8x16.sub(i8x16.avgr_u(left, upper), isOdd);
  }

  /** Applies a different filter in each lane: the mask of a filter is all ones in its lanes, else zero. */
  @inline
  static mixed(
    left: v128,
    upper: v128,
    upperLeft: v128,
    isSub: v128,
    isUp: v128,
    isAverage: v128,
    isPaeth: v128,
  ): v128 {
    return v128.or(
      v128.or(
        v128.and(isPaeth, Prediction.paeth(left, upper, upperLeft)),
        v128.and(isAverage, Prediction.average(left, upper)),
      ),
      v128.or(v128.and(isSub, left), v128.and(isUp, upper)),
    );
  }
}
