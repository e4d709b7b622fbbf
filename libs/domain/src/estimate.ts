/** How fast one kind of work goes, from what was seen of it. */
export interface ObservedRate {
  readonly imagesPerSecond: number;
  /** Standard deviation of the logarithm of seconds an image, between stretches of time. */
  readonly spread: number;
  /** How many neighbouring stretches are alike, 1 or more: how long a slow phase lasts. */
  readonly phase: number;
  /** Stretches the rate stands on, the later ones weighted more; 0 for a rate of an earlier run. */
  readonly stretches: number;
  /** Length of one in seconds. */
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
/** What a rate may change by for every factor of e that the future is longer than what was seen. */
const UNSEEN_DRIFT = 0.21;
/** How well the mean is known at best: images differ from project to project. */
const LEAST_DEVIATION = 0.03;
/** Results are told in batches, once or twice a second. */
const SLACK_SECONDS = 1;

/**
 * Time to finish work of several kinds, each at its own rate. The interval comes from the spread of
 * the rates that were seen: the future is as uneven as the past, for as many stretches as it has, and
 * where it is longer than the past the rate may drift further.
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

/** Standard deviation of the logarithm of a duration, where it is expected to be so many seconds. */
function deviationOver(seconds: number, rate: ObservedRate): number {
  const { spread, stretches, stretchSeconds } = rate;
  if (stretches === 0) return spread;
  const ahead = Math.max(1, seconds / stretchSeconds);
  const uneven = spread ** 2 * (varianceOfMean(stretches, rate) + varianceOfMean(ahead, rate));
  const drift = UNSEEN_DRIFT ** 2 + spread ** 2 * varianceOfMean(stretches, rate);
  return Math.sqrt(uneven + drift * Math.log(1 + ahead / stretches) + LEAST_DEVIATION ** 2);
}

/** Variance of the mean of so many neighbouring stretches, as a share of the variance of one. */
function varianceOfMean(count: number, { phase }: ObservedRate): number {
  return Math.min(1, phase / count);
}
