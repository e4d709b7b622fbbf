import { estimateLeft, type Estimate, type ObservedRate } from '@cullstream/domain';
import { RateMeter, toEarlierRate } from './rate-meter.js';

/** Images that have ended so far. Failed ones were worked on like those that were embedded. */
export interface ThroughputSample {
  readonly atMs: number;
  readonly embedded: number;
  readonly cached: number;
}

/** Images a second, of an earlier run where this one has not shown its own. */
export interface RatesInUse {
  readonly embed: number | null;
  readonly cached: number | null;
}

/** Over how long the current rate is measured: long enough for batches, short enough to follow a change. */
const WINDOW_MS = 30_000;
/** Without a result for so long, no work was done: a disk was full, a service away, a laptop asleep. */
export const IDLE_AFTER_MS = 60_000;
/** While images are embedded, those from the cache pass beside them: told apart over so long at most. */
const TOLD_TOGETHER_MS = 10_000;
/**
 * Images a second to expect of two cores and a full-size ViT-B/32 until a run has seen its own:
 * cautious against what docs/performance-notes.md measures.
 */
export const defaultRates = { embed: 10, cached: 1_000 } as const;

/**
 * Rates of a run, kept apart for computed and cached images: they differ a hundredfold. What passes
 * before the first result of each kind is start-up, and counts for no rate; neither does an
 * interruption.
 */
export class Throughput {
  readonly #meters = { embed: new RateMeter(), cached: new RateMeter() };
  readonly #earlier: Partial<RatesInUse>;
  /** Since the last interruption, and no longer ago than the window. */
  #recent: ThroughputSample[] = [];
  #last: ThroughputSample | undefined;
  /** Up to which the meters have been told. */
  #told: ThroughputSample | undefined;
  #embeddedAtMs: number | undefined;

  /** @param earlier rates that are known of an earlier run */
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

  /** Nothing is worked on until the next result: what passes until then is no rate. */
  interrupt(): void {
    this.#recent = [];
    this.#last = undefined;
    this.#told = undefined;
    this.#embeddedAtMs = undefined;
  }

  /** Images a second of either kind, lately; 0 while nothing ends. */
  imagesPerSecond(nowMs: number): number {
    const [from] = this.#recent;
    const to = this.#recent.at(-1);
    if (from === undefined || to === undefined || to.atMs <= from.atMs) return 0;
    const finished = to.embedded + to.cached - from.embedded - from.cached;
    const quietMs = nowMs - to.atMs;
    const countedMs = to.atMs - from.atMs;
    return (finished * 1_000) / (quietMs > countedMs ? countedMs + quietMs : countedMs);
  }

  /** What this run itself has shown; null where that is nothing yet. */
  get measured(): RatesInUse {
    return {
      embed: this.#meters.embed.rate?.imagesPerSecond ?? null,
      cached: this.#meters.cached.rate?.imagesPerSecond ?? null,
    };
  }

  /** What an estimate reckons with. */
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

  /** Time goes to the images that were embedded in it, but for what the cached ones need. */
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
