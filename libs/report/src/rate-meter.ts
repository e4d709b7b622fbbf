import type { ObservedRate } from '@cullstream/domain';

/** A period of work, with the number of images that ended in it. */
interface Stretch {
  readonly seconds: number;
  readonly images: number;
}

/**
 * Each period has at least this length and this number of images, since results come in batches.
 */
const LEAST_SECONDS = 2;
const LEAST_IMAGES = 8;
const MOST_STRETCHES = 64;
/** Number of later periods after which a period has half its weight. */
const HALF_LIFE = 16;
/**
 * Assumed spread and correlation of the rate, and the number of periods that this assumption counts
 * as.
 */
const USUAL_SPREAD = 0.15;
const USUAL_PHASE = 2;
const WORTH = 3;
/** With fewer groups, their variation cannot be estimated. */
const FEWEST_GROUPS = 3;
/**
 * The rate counts as changed only if the mean logarithms on both sides differ by at least this
 * much.
 */
const LEAST_CHANGE = Math.log(1.4);
/** The difference must also be at least this many standard deviations. */
const SURE_OF_CHANGE = 8;
/** There must also be at least this many periods on each side. */
const FEWEST_AROUND_CHANGE = 6;
/** Spread of a rate from an earlier run, which had other images and another load of the machine. */
const SPREAD_BETWEEN_RUNS = 0.35;

/** Converts the rate of an earlier run. */
export function toEarlierRate(imagesPerSecond: number): ObservedRate {
  const spread = SPREAD_BETWEEN_RUNS;
  return { imagesPerSecond, spread, phase: 1, stretches: 0, stretchSeconds: 0 };
}

/**
 * Measures the rate and the variation of one kind of work over a run of any length. When there are
 * too many periods, pairs of neighbouring ones are joined, so that the periods always cover the run
 * evenly.
 */
export class RateMeter {
  #stretches: Stretch[] = [];
  #leastSeconds = LEAST_SECONDS;
  #open: Stretch = { seconds: 0, images: 0 };

  /**
   * Adds images that have ended, and the seconds that they took, without time in which there was no
   * work.
   */
  add(images: number, seconds: number): void {
    this.#open = {
      images: this.#open.images + images,
      seconds: this.#open.seconds + seconds,
    };
    if (images === 0 || this.#open.seconds < this.#leastSeconds) return;
    if (this.#open.images < LEAST_IMAGES) return;
    this.#stretches.push(this.#open);
    this.#open = { seconds: 0, images: 0 };
    if (this.#stretches.length >= MOST_STRETCHES) this.#joinNeighbours();
  }

  /** @returns undefined until the first period is complete */
  get rate(): ObservedRate | undefined {
    if (this.#stretches.length === 0) return undefined;
    const costs = this.#stretches.map(({ seconds, images }) => Math.log(seconds / images));
    const change = lastChange(costs);
    const weights = this.#stretches.map((_, index, { length }) =>
      index < change ? 0 : Math.pow(0.5, (length - 1 - index) / HALF_LIFE),
    );
    const total = sum(weights);
    const images = sum(this.#stretches.map((each, index) => each.images * (weights[index] ?? 0)));
    const seconds = sum(this.#stretches.map((each, index) => each.seconds * (weights[index] ?? 0)));
    const mean = sum(costs.map((cost, index) => cost * (weights[index] ?? 0))) / total;
    const before = toMean(costs.slice(0, change));
    const deviations = costs.map((cost, index) => cost - (index < change ? before : mean));
    return {
      imagesPerSecond: images / seconds,
      ...toSpread(deviations),
      stretches: total ** 2 / sum(weights.map((weight) => weight ** 2)),
      stretchSeconds: sum(this.#stretches.map((each) => each.seconds)) / this.#stretches.length,
    };
  }

  #joinNeighbours(): void {
    const joined: Stretch[] = [];
    for (let index = 0; index + 1 < this.#stretches.length; index += 2) {
      const [one, other] = this.#stretches.slice(index, index + 2);
      if (one === undefined || other === undefined) continue;
      joined.push({ seconds: one.seconds + other.seconds, images: one.images + other.images });
    }
    this.#stretches = joined;
    this.#leastSeconds *= 2;
  }
}

/**
 * Index of the first period after the last change of the rate, for example when an embedder joined
 * or left; 0 if the rate has not changed. Compares the means before and after with the variation on
 * both sides.
 */
function lastChange(costs: readonly number[]): number {
  let [change, strongest] = [0, SURE_OF_CHANGE];
  for (let index = FEWEST_AROUND_CHANGE; index <= costs.length - FEWEST_AROUND_CHANGE; index++) {
    const [before, after] = [costs.slice(0, index), costs.slice(index)];
    const [meanBefore, meanAfter] = [toMean(before), toMean(after)];
    const difference = Math.abs(meanAfter - meanBefore);
    if (difference < LEAST_CHANGE) continue;
    const squares =
      sumOfSquares(before.map((cost) => cost - meanBefore)) +
      sumOfSquares(after.map((cost) => cost - meanAfter));
    const variance = (WORTH * USUAL_SPREAD ** 2 + squares) / (WORTH + costs.length);
    const deviation = Math.sqrt(variance * (1 / before.length + 1 / after.length));
    if (difference / deviation > strongest) [change, strongest] = [index, difference / deviation];
  }
  return change;
}

/** Spread and correlation of the rate. With few values, the result is close to the assumed ones. */
function toSpread(deviations: readonly number[]): Pick<ObservedRate, 'spread' | 'phase'> {
  const usual = WORTH * USUAL_SPREAD ** 2;
  const variance = (usual + sumOfSquares(deviations)) / (WORTH + deviations.length);
  // The more independent periods are averaged, the less their means vary. Means of correlated
  // periods vary more.
  let phase = USUAL_PHASE;
  for (let size = 2; deviations.length / size >= FEWEST_GROUPS; size *= 2) {
    const means = toMeans(deviations, size);
    const seen = (size * sumOfSquares(means)) / variance / (means.length - 1);
    phase = Math.max(phase, (USUAL_PHASE + means.length * seen) / (1 + means.length));
  }
  // The deviations are too small, because they are measured from the mean of the same periods.
  const lost = Math.min(0.5, phase / (WORTH + deviations.length));
  return { spread: Math.sqrt(variance / (1 - lost)), phase };
}

/** Means of each `size` neighbouring values. */
function toMeans(values: readonly number[], size: number): number[] {
  return Array.from(
    { length: Math.floor(values.length / size) },
    (_, group) => sum(values.slice(group * size, (group + 1) * size)) / size,
  );
}

function toMean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

function sumOfSquares(values: readonly number[]): number {
  return sum(values.map((value) => value ** 2));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
