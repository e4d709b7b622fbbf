/** The measured rate of one kind of work. */
export interface ObservedRate {
  readonly imagesPerSecond: number;
  /** Standard deviation, between stretches of time, of the logarithm of the seconds for one image. */
  readonly spread: number;
  /** How many successive stretches are correlated, 1 or more: how long a slow phase lasts. */
  readonly phase: number;
  /** Number of stretches that were measured, later ones weighted more; 0 for a rate of an earlier run. */
  readonly stretches: number;
  /** Length of a stretch in seconds. */
  readonly stretchSeconds: number;
}

/** Images of one kind that are left. */
export interface RemainingWork {
  readonly images: number;
  readonly rate: ObservedRate | undefined;
}

/** A duration in seconds with an interval that four of five outcomes fall into. */
export interface Estimate {
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
}

/** Between the 10th and the 90th percentile of a normal distribution, in standard deviations. */
const Z = 1.2816;
/** How much a rate may drift for every factor of e by which the future is longer than the past. */
const UNSEEN_DRIFT = 0.21;
/** Least uncertainty of the mean, since images differ from project to project. */
const LEAST_DEVIATION = 0.03;
/** Results arrive in batches, once or twice a second. */
const SLACK_SECONDS = 1;

/**
 * Time to finish work of several kinds, each at its own rate. The interval follows from the spread of
 * the measured rates: the rest is assumed to vary as much as the past. If it is longer than the past,
 * the rate may also drift.
 *
 * @returns undefined while no rate is known for work that is left
 */
export function estimateLeft(work: readonly RemainingWork[]): Estimate | undefined {
  let seconds = 0;
  let variance = 0;
  for (const { images, rate } of work) {
    if (images === 0) continue;
    if (rate === undefined || !(rate.imagesPerSecond > 0)) return undefined;
    const expected = images / rate.imagesPerSecond;
    seconds += expected;
    variance += (expected * deviationOver(expected, rate)) ** 2;
  }
  if (seconds === 0) return { seconds: 0, low: 0, high: 0 };
  const factor = Math.exp((Z * Math.sqrt(variance)) / seconds);
  return {
    seconds,
    low: Math.max(0, seconds / factor - SLACK_SECONDS),
    high: seconds * factor + SLACK_SECONDS,
  };
}

/** Standard deviation of the logarithm of a duration that is expected to be so many seconds. */
function deviationOver(seconds: number, rate: ObservedRate): number {
  const { spread, stretches, stretchSeconds } = rate;
  if (stretches === 0) return spread;
  const ahead = Math.max(1, seconds / stretchSeconds);
  const uneven = spread ** 2 * (varianceOfMean(stretches, rate) + varianceOfMean(ahead, rate));
  const drift = UNSEEN_DRIFT ** 2 + spread ** 2 * varianceOfMean(stretches, rate);
  return Math.sqrt(uneven + drift * Math.log(1 + ahead / stretches) + LEAST_DEVIATION ** 2);
}

/** Variance of the mean of so many successive stretches, as a share of the variance of one. */
function varianceOfMean(count: number, { phase }: ObservedRate): number {
  return Math.min(1, phase / count);
}
