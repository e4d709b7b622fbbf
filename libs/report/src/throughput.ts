import { estimateLeft, type Estimate, type ObservedRate } from '@cullstream/domain';
import { RateMeter, toEarlierRate } from './rate-meter.js';

/**
 * Number of images that have ended so far. Failed images count as embedded, since they took time
 * too.
 */
export interface ThroughputSample {
  readonly atMs: number;
  readonly embedded: number;
  readonly cached: number;
}

/** Images per second in this run, or in an earlier run if this one has not measured any yet. */
export interface RatesInUse {
  readonly embed: number | null;
  readonly cached: number | null;
}

/**
 * Period over which the current rate is measured. It covers several batches and still follows
 * changes.
 */
const WINDOW_MS = 30_000;
/**
 * After this time without a result, the run counts as idle: the disk is full, a service is away or
 * the machine sleeps.
 */
export const IDLE_AFTER_MS = 60_000;
/**
 * Longest time between two embedded images for which results from the cache are counted together
 * with the next embedded images.
 */
const TOLD_TOGETHER_MS = 10_000;
/**
 * Images per second to expect on two cores with a full-size ViT-B/32 until a run has measured its
 * own rate. Lower than the measurements in docs/performance-notes.md.
 */
export const defaultRates = { embed: 10, cached: 1_000 } as const;

/**
 * Measures the rates of a run, separately for embedded and cached images, because they differ by a
 * factor of about 100. The time before the first result of each kind is start-up time and is not
 * counted. Interruptions are not counted either.
 */
export class Throughput {
  readonly #meters = { embed: new RateMeter(), cached: new RateMeter() };
  readonly #earlier: Partial<RatesInUse>;
  /** Samples since the last interruption, within the window. */
  #recent: ThroughputSample[] = [];
  #last: ThroughputSample | undefined;
  /** The last sample that was added to the meters. */
  #told: ThroughputSample | undefined;
  #embeddedAtMs: number | undefined;

  /** @param earlier rates of an earlier run */
  constructor(earlier: Partial<RatesInUse> = {}) {
    this.#earlier = earlier;
  }

  add(sample: ThroughputSample): void {
    const last = this.#last;
    if (last === undefined) {
      this.#last = sample;
      return;
    }
    const embedded = sample.embedded - last.embedded;
    const finished = embedded + sample.cached - last.cached;
    if (finished <= 0) {
      if (sample.atMs - (this.#recent.at(-1)?.atMs ?? sample.atMs) > IDLE_AFTER_MS) {
        this.interrupt();
        this.#last = sample;
      }
      return;
    }
    this.#last = sample;
    this.#recent.push(sample);
    while ((this.#recent[1]?.atMs ?? Infinity) <= sample.atMs - WINDOW_MS) this.#recent.shift();
    this.#tell(sample, embedded > 0);
  }

  /** Ignores the time until the next result, because the run is not worked on. */
  interrupt(): void {
    this.#recent = [];
    this.#last = undefined;
    this.#told = undefined;
    this.#embeddedAtMs = undefined;
  }

  /** The current rate of embedded and cached images together; 0 while there are no results. */
  imagesPerSecond(nowMs: number): number {
    const [from] = this.#recent;
    const to = this.#recent.at(-1);
    if (from === undefined || to === undefined || to.atMs <= from.atMs) return 0;
    const finished = to.embedded + to.cached - from.embedded - from.cached;
    const quietMs = nowMs - to.atMs;
    const countedMs = to.atMs - from.atMs;
    return (finished * 1_000) / (quietMs > countedMs ? countedMs + quietMs : countedMs);
  }

  /** Rates that were measured in this run; null if there is none yet. */
  get measured(): RatesInUse {
    return {
      embed: this.#meters.embed.rate?.imagesPerSecond ?? null,
      cached: this.#meters.cached.rate?.imagesPerSecond ?? null,
    };
  }

  /** Rates that the estimate uses. */
  get rates(): RatesInUse {
    return {
      embed: this.#toRate('embed')?.imagesPerSecond ?? null,
      cached: this.#toRate('cached')?.imagesPerSecond ?? null,
    };
  }

  /** @returns undefined while no rate is known for images that are left */
  estimate(left: { toEmbed: number; cached: number }): Estimate | undefined {
    return estimateLeft([
      { images: left.toEmbed, rate: this.#toRate('embed') },
      {
        images: left.cached,
        rate: this.#toRate('cached') ?? toEarlierRate(defaultRates.cached),
      },
    ]);
  }

  #toRate(kind: keyof RatesInUse): ObservedRate | undefined {
    const earlier = this.#earlier[kind];
    return this.#meters[kind].rate ?? (earlier == null ? undefined : toEarlierRate(earlier));
  }

  /**
   * Adds a sample to the meters. The time counts for embedded images, except the part that cached
   * images needed.
   */
  #tell(sample: ThroughputSample, hasEmbedded: boolean): void {
    const { embed, cached } = this.#meters;
    const isFirstEmbedded = hasEmbedded && this.#embeddedAtMs === undefined;
    const isEmbedding =
      this.#embeddedAtMs !== undefined && sample.atMs - this.#embeddedAtMs < TOLD_TOGETHER_MS;
    if (hasEmbedded) this.#embeddedAtMs = sample.atMs;
    const from = this.#told;
    if (from !== undefined && isEmbedding && !hasEmbedded) return;
    this.#told = sample;
    if (from === undefined || isFirstEmbedded) return;
    const seconds = (sample.atMs - from.atMs) / 1_000;
    const fromCache = sample.cached - from.cached;
    if (!hasEmbedded) return cached.add(fromCache, seconds);
    const cachedRate = cached.rate?.imagesPerSecond ?? defaultRates.cached;
    embed.add(
      sample.embedded - from.embedded,
      Math.max(seconds / 4, seconds - fromCache / cachedRate),
    );
  }
}
