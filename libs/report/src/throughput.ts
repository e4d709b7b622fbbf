import { estimateLeft, type Estimate } from '@cullstream/domain';

interface Sample {
  readonly atMs: number;
  readonly embedded: number;
  readonly cached: number;
}

/** Over how long a rate is measured: long enough for batches, short enough to follow a change. */
const WINDOW_MS = 30_000;
/**
 * Images a second to expect of two cores and a full-size ViT-B/32 until a run has seen its own:
 * cautious against what docs/performance.md measures.
 */
export const usualRates = { embed: 10, cached: 1_000 } as const;

/** Rates over a sliding window, kept apart for computed and cached images: they differ a hundredfold. */
export class Throughput {
  private readonly samples: Sample[] = [];
  private first: Sample | undefined;

  add(sample: Sample): void {
    this.first ??= sample;
    this.samples.push(sample);
    while ((this.samples[1]?.atMs ?? Infinity) <= sample.atMs - WINDOW_MS) this.samples.shift();
  }

  /** Images a second of either kind. */
  get imagesPerSecond(): number {
    return this.rate((sample) => sample.embedded + sample.cached);
  }

  estimate(left: { toEmbed: number; cached: number }): Estimate | undefined {
    const embedRate = this.rate((sample) => sample.embedded);
    const cachedRate = this.rate((sample) => sample.cached);
    return estimateLeft(
      { ...left, embedRate, cachedRate: cachedRate > 0 ? cachedRate : usualRates.cached },
      (this.samples.at(-1)?.embedded ?? 0) - (this.first?.embedded ?? 0),
    );
  }

  private rate(count: (sample: Sample) => number): number {
    const [from] = this.samples;
    const to = this.samples.at(-1);
    if (from === undefined || to === undefined || to.atMs <= from.atMs) return 0;
    return ((count(to) - count(from)) * 1_000) / (to.atMs - from.atMs);
  }
}
