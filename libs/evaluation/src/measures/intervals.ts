import { toQuantile } from '@cullstream/report';

/** A 95 % interval, which contains the true value in 95 of 100 cases. */
export type Interval = readonly [low: number, high: number];

/** A measure over groups; null if there are none. */
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
/** With more groups the normal distribution is used: it gives the same interval, and resampling takes seconds. */
const MOST_RESAMPLED = 5_000;

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
 * The mean of each column with its percentile bootstrap interval. All columns have one value for each group
 * and use the same samples, so differences of columns are paired. Equal values give equal intervals.
 */
export function toMeans<Name extends string>(
  columns: Readonly<Record<Name, readonly number[]>>,
): Record<Name, Measured> {
  const names = Object.keys(columns) as Name[];
  const values = names.map((name) => Float64Array.from(columns[name]));
  const size = values[0]?.length ?? 0;
  const intervals = size > MOST_RESAMPLED ? values.map(normalInterval) : bootstrap(values);
  const measured = names.map((name, column): [Name, Measured] => [
    name,
    size === 0
      ? unknown
      : {
          value: toMean(values[column] ?? new Float64Array()),
          interval: intervals[column] ?? null,
        },
  ]);
  return Object.fromEntries(measured) as Record<Name, Measured>;
}

function normalInterval(values: Float64Array): Interval {
  const mean = toMean(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = (Z * Math.sqrt(squares)) / values.length;
  return [mean - half, mean + half];
}

function bootstrap(columns: readonly Float64Array[]): Interval[] {
  const means = columns.map(() => new Float64Array(RESAMPLES));
  const drawn = new Uint32Array(columns[0]?.length ?? 0);
  for (let turn = 0, seed = SEED; turn < RESAMPLES; turn++) {
    seed = drawInto(drawn, seed);
    for (const [column, values] of columns.entries()) {
      (means[column] ?? [])[turn] = sumAt(values, drawn) / drawn.length;
    }
  }
  return means.map((each) => {
    const sorted = each.sort();
    return [toQuantile(sorted, 0.025), toQuantile(sorted, 0.975)];
  });
}

function sumAt(values: Float64Array, places: Uint32Array): number {
  let sum = 0;
  for (const place of places) sum += values[place] ?? 0;
  return sum;
}

function toMean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Fills an array with whole numbers below its length, the same ones on every machine: mulberry32.
 * @returns the seed for the next draws
 */
function drawInto(drawn: Uint32Array, seed: number): number {
  let state = seed | 0;
  for (let index = 0; index < drawn.length; index++) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    drawn[index] = (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * drawn.length;
  }
  return state;
}
