export interface RestartDelayOptions {
  /** Before the first restart; each further one waits twice as long. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Restarts that are longer ago are not counted. */
  readonly forgottenAfterMs: number;
}

export interface RestartDelay {
  readonly delayMs: number;
  /** The times at which the process ended within the counted period, including this one. */
  readonly recentEnds: readonly number[];
}

/**
 * How long to wait before a process that keeps ending is started again: longer each time.
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

/** As {@link toRestartDelay}, but keeps the times itself. */
export class RestartDelays {
  readonly #options: RestartDelayOptions;
  #endedAt: readonly number[] = [];
  constructor(options: RestartDelayOptions) {
    this.#options = options;
  }

  /** To be called each time the process has ended. */
  next(now = performance.now()): { readonly delayMs: number; readonly recentEnds: number } {
    const { delayMs, recentEnds } = toRestartDelay(this.#endedAt, now, this.#options);
    this.#endedAt = recentEnds;
    return { delayMs, recentEnds: recentEnds.length };
  }
}
