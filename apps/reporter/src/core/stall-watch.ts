/** A longer time between two observations means that the machine slept. */
const AWAY_AFTER_MS = 30_000;

/** Notices that no image has been finished for a long time although there is work. */
export class StallWatch {
  readonly #afterMs: number;
  #finished = -1;
  #movedAtMs = 0;
  #lookedAtMs = 0;
  #isTold = false;

  /** @param afterMs time without a finished image after which the run has stalled */
  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  /**
   * @param finished number of images that are done so far
   * @returns true once when the run has stalled, and again only after another image was finished
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

  /** The run is paused, so no image is expected. */
  interrupt(): void {
    this.#lookedAtMs = 0;
  }
}
