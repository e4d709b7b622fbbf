export interface RestartDelayOptions {
  /** Before the first restart; each further one waits twice as long. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Restarts that lie further back do not count any more. */
  readonly forgottenAfterMs: number;
}

export interface RestartDelay {
  readonly delayMs: number;
  /** When it has ended within the time that counts, this once included. */
  readonly recentEnds: readonly number[];
}

/**
 * How long to wait before what keeps ending is started again: the longer, the more often it ended.
 * @param endedBefore when it has ended earlier
 * @param now milliseconds of a clock that only goes forward
 */
export function toRestartDelay(
  endedBefore: readonly number[],
  now: number,
  { firstMs, longestMs, forgottenAfterMs }: RestartDelayOptions,
): RestartDelay {
  const recentEnds = [...endedBefore.filter((at) => at > now - forgottenAfterMs), now];
  return { delayMs: Math.min(firstMs * 2 ** (recentEnds.length - 1), longestMs), recentEnds };
}

/** As {@link toRestartDelay}, for whoever keeps no state of its own. */
export class RestartDelays {
  readonly #options: RestartDelayOptions;
  #endedAt: readonly number[] = [];
  constructor(options: RestartDelayOptions) {
    this.#options = options;
  }

  /** To be asked each time it has ended. */
  next(now = performance.now()): { readonly delayMs: number; readonly recentEnds: number } {
    const { delayMs, recentEnds } = toRestartDelay(this.#endedAt, now, this.#options);
    this.#endedAt = recentEnds;
    return { delayMs, recentEnds: recentEnds.length };
  }
}
