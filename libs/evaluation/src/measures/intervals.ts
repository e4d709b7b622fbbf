import { quantileOf } from '@cullstream/report';

/** Where the true value lies in 95 of 100 cases. */
export type Interval = readonly [low: number, high: number];

/** A measure over groups; null where there are none. */
export interface Measured {
  readonly value: number | null;
  /** 95 %. */
  readonly interval: Interval | null;
}

export const unknown: Measured = { value: null, interval: null };

/** The 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054;
const RESAMPLES = 1_000;
const SEED = 22;

/**
 * A share with its Wilson score interval.
 * https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
 */
export function toShare(part: number, whole: number): Measured {
  if (whole === 0) return unknown;
  const share = part / whole;
  const spread = (Z * Z) / whole;
  const centre = (share + spread / 2) / (1 + spread);
  const half = (Z / (1 + spread)) * Math.sqrt((share * (1 - share)) / whole + spread / whole / 4);
  return { value: share, interval: [Math.max(0, centre - half), Math.min(1, centre + half)] };
}

/**
 * The mean of each column with its percentile bootstrap interval. All columns have one value a group and
 * share the draws, so differences of columns are paired. The same values give the same intervals.
 */
export function toMeans<Name extends string>(
  columns: Readonly<Record<Name, readonly number[]>>,
): Record<Name, Measured> {
  const names = Object.keys(columns) as Name[];
  const values = names.map((name) => Float64Array.from(columns[name]));
  const resampled = bootstrap(values);
  const measured = names.map((name, column): [Name, Measured] => {
    const all = values[column] ?? new Float64Array();
    const means = resampled[column]?.sort();
    if (all.length === 0 || means === undefined) return [name, unknown];
    const interval = [quantileOf(means, 0.025), quantileOf(means, 0.975)] as const;
    return [name, { value: meanOf(all), interval }];
  });
  return Object.fromEntries(measured) as Record<Name, Measured>;
}

function bootstrap(columns: readonly Float64Array[]): Float64Array[] {
  const means = columns.map(() => new Float64Array(RESAMPLES));
  const size = columns[0]?.length ?? 0;
  const draw = drawsBelow(size);
  const drawn = new Uint32Array(size);
  for (let turn = 0; turn < RESAMPLES; turn++) {
    for (let place = 0; place < size; place++) drawn[place] = draw();
    for (const [column, values] of columns.entries()) {
      let sum = 0;
      for (const place of drawn) sum += values[place] ?? 0;
      (means[column] ?? [])[turn] = sum / size;
    }
  }
  return means;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Whole numbers below `limit`, the same ones on every machine: mulberry32. */
function drawsBelow(limit: number): () => number {
  let state = SEED;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
