/** How many images had ended at a time. */
export interface HistoryPoint {
  readonly atMs: number;
  readonly finished: number;
}

/** Points that are kept: enough for a plot, few enough for a message. */
const MOST_POINTS = 120;

/**
 * How fast a run went over its whole time. It keeps counts, not rates, so that thinning it out loses
 * detail and never an image.
 */
export class RateHistory {
  #points: HistoryPoint[];

  /** @param known what an earlier process saw, oldest first */
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
      // Up to date, yet no closer together than the plot needs: the last one moves on.
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

  /** Images a second from each point to the next, at the time of the later one. */
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
