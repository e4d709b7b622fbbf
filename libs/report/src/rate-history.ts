/** How many images had ended at a certain time. */
export interface HistoryPoint {
  readonly atMs: number;
  readonly finished: number;
}

/** Highest number of stored points: enough for a plot, and few enough for a message. */
const MOST_POINTS = 120;

/**
 * The progress of a run over its whole time. It stores counts instead of rates, so that removing
 * points loses detail but no images.
 */
export class RateHistory {
  #points: HistoryPoint[];

  /** @param known points that an earlier process recorded, oldest first */
  constructor(known: readonly HistoryPoint[] = []) {
    this.#points = [...known];
  }

  /** @param finished images that have ended so far */
  add(atMs: number, finished: number): void {
    const last = this.#points.at(-1);
    if (last !== undefined && (atMs <= last.atMs || finished < last.finished)) return;
    const [first] = this.#points;
    const previous = this.#points.at(-2);
    if (first !== undefined && last !== undefined && previous !== undefined) {
      const spacingMs = (atMs - first.atMs) / MOST_POINTS;
      // If the last two points are closer than the plot needs, the new point replaces the last one.
      if (last.atMs - previous.atMs < spacingMs) this.#points.pop();
    }
    this.#points.push({ atMs, finished });
    if (this.#points.length > MOST_POINTS) {
      this.#points = this.#points.filter(
        (_, index) => index % 2 === 0 || index === this.#points.length - 1,
      );
    }
  }

  get points(): readonly HistoryPoint[] {
    return this.#points;
  }

  /** Images per second between each point and the next, with the time of the later point. */
  get rates(): { readonly at: string; readonly imagesPerSecond: number }[] {
    return this.#points.slice(1).map(({ atMs, finished }, index) => {
      const before = this.#points[index] ?? { atMs, finished };
      const seconds = (atMs - before.atMs) / 1_000;
      return {
        at: new Date(atMs).toISOString(),
        imagesPerSecond: Math.round(((finished - before.finished) / seconds) * 10) / 10,
      };
    });
  }
}
