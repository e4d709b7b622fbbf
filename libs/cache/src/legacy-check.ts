/** The same image's embedding, float32 [n]: as the older tool left it, and computed now. */
export interface LegacySample {
  readonly legacy: Float32Array;
  readonly recomputed: Float32Array;
}

export interface LegacyVerdict {
  readonly agrees: boolean;
  /** Lowest cosine of a pair, in [-1, 1]; -1 without samples or where a vector is zero. */
  readonly worstCosine: number;
  /**
   * Norm of the legacy vector over that of the recomputed one, for the pair for which it is farthest from
   * 1; 0 without samples or if a vector is zero.
   */
  readonly worstNormRatio: number;
}

const MIN_COSINE = 0.999;
/** A normalised vector has the right direction, but is not the raw vector that models need. */
const MAX_NORM_DEVIATION = 0.01;

/**
 * Whether vectors of the older tool may be used for this recipe: every sample's cosine is at least
 * 0.999 and its norm within 1 %. Without samples they may not be used.
 */
export function checkLegacy(options: { readonly samples: readonly LegacySample[] }): LegacyVerdict {
  const pairs = options.samples.map((sample) => compare(sample));
  const worstCosine = pairs.reduce((worst, { cosine }) => Math.min(worst, cosine), 1);
  const worstNormRatio = pairs.reduce(
    (worst, { normRatio }) => (deviation(normRatio) > deviation(worst) ? normRatio : worst),
    1,
  );
  if (pairs.length === 0) return { agrees: false, worstCosine: -1, worstNormRatio: 0 };
  const agrees = worstCosine >= MIN_COSINE && Math.abs(worstNormRatio - 1) <= MAX_NORM_DEVIATION;
  return { agrees, worstCosine, worstNormRatio };
}

function compare({ legacy, recomputed }: LegacySample): { cosine: number; normRatio: number } {
  let product = 0;
  let legacySquares = 0;
  let recomputedSquares = 0;
  for (const [index, value] of legacy.entries()) {
    const other = recomputed[index] ?? NaN;
    product += value * other;
    legacySquares += value * value;
    recomputedSquares += other * other;
  }
  const cosine = product / Math.sqrt(legacySquares * recomputedSquares);
  const normRatio = Math.sqrt(legacySquares / recomputedSquares);
  const isDefined = Number.isFinite(cosine) && legacy.length === recomputed.length;
  return isDefined
    ? { cosine: Math.max(-1, Math.min(1, cosine)), normRatio }
    : { cosine: -1, normRatio: 0 };
}

function deviation(ratio: number): number {
  return Math.abs(Math.log(ratio));
}
