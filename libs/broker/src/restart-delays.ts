export interface RestartDelayOptions {
  /** Before the first restart; each further one waits twice as long. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Restarts that lie further back do not count any more. */
  readonly forgottenAfterMs: number;
}

/** How long to wait before what keeps ending is started again: the longer, the more often it ended. */
export class RestartDelays {
  readonly #options: RestartDelayOptions;
  #endedAt: number[] = [];
  constructor(options: RestartDelayOptions) {
    this.#options = options;
  }

  /**
   * To be asked each time it has ended.
   * @param now milliseconds of a clock that only goes forward
   */
  next(now = performance.now()): { readonly delayMs: number; readonly recentEnds: number } {
    const { firstMs, longestMs, forgottenAfterMs } = this.#options;
    this.#endedAt = [...this.#endedAt.filter((at) => at > now - forgottenAfterMs), now];
    const recentEnds = this.#endedAt.length;
    return { delayMs: Math.min(firstMs * 2 ** (recentEnds - 1), longestMs), recentEnds };
  }
}
