/** Who looks every second and has not for so long was away, as a machine that slept. */
const AWAY_AFTER_MS = 30_000;

/** Notices that nothing has ended for long although there is work. */
export class StallWatch {
  readonly #afterMs: number;
  #finished = -1;
  #movedAtMs = 0;
  #lookedAtMs = 0;
  #isTold = false;

  /** @param afterMs without anything that ends */
  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  /**
   * @param finished images that have ended so far
   * @returns whether the run has stalled; true once, until something ends again
   */
  observe(nowMs: number, finished: number): boolean {
    const wasAway = nowMs - this.#lookedAtMs > AWAY_AFTER_MS;
    this.#lookedAtMs = nowMs;
    if (finished > this.#finished || wasAway) {
      this.#isTold &&= finished <= this.#finished;
      this.#finished = finished;
      this.#movedAtMs = nowMs;
      return false;
    }
    if (this.#isTold || nowMs - this.#movedAtMs < this.#afterMs) return false;
    this.#isTold = true;
    return true;
  }

  /** Nothing is expected to end: the run is paused. */
  interrupt(): void {
    this.#lookedAtMs = 0;
  }
}
