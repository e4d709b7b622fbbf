/** Repeated measurements of one thing. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: readonly number[];
}

export function toSpread(samples: readonly number[]): Spread {
  const inOrder = samples.toSorted((a, b) => a - b);
  const [min, max] = [inOrder[0], inOrder.at(-1)];
  if (min === undefined || max === undefined) throw new Error('nothing was measured');
  const middle = (inOrder.length - 1) / 2;
  const [low = min, high = max] = [inOrder[Math.floor(middle)], inOrder[Math.ceil(middle)]];
  return { median: (low + high) / 2, min, max, samples };
}

/** Divides round by round, so that a slowdown of the whole machine cancels out. */
export function toRatio(numerators: readonly number[], denominators: readonly number[]): Spread {
  if (numerators.length !== denominators.length) throw new Error('rounds that do not pair up');
  return toSpread(numerators.map((value, round) => value / (denominators[round] ?? NaN)));
}

/** A ratio whose range includes 1 shows no difference. */
export function isDifference({ min, max }: Spread): boolean {
  return min > 1 || max < 1;
}
