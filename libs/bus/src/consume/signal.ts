/** Lets others wait until something has changed. Waiters look again themselves. */
export function createSignal(): Signal {
  let wake: () => void = () => undefined;
  let changed = renew();

  function renew(): Promise<void> {
    return new Promise<void>((resolve) => {
      wake = resolve;
    });
  }

  return {
    notify() {
      wake();
      changed = renew();
    },
    async next(timeoutMs) {
      if (timeoutMs === undefined) return changed;
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([changed, timeout]);
      clearTimeout(timer);
    },
  };
}

export interface Signal {
  notify(): void;
  /** Resolves at the next notification, or after `timeoutMs`. */
  next(timeoutMs?: number): Promise<void>;
}
