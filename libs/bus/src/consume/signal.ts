/** Lets others wait until something has changed. Waiters look again themselves. */
export function createSignal(): Signal {
  let wake: () => void = () => undefined;
  let changed: Promise<void> | undefined;

  function change(): Promise<void> {
    changed ??= new Promise<void>((resolve) => {
      wake = resolve;
    });
    return changed;
  }

  return {
    notify() {
      // Mostly nobody is waiting.
      if (changed === undefined) return;
      changed = undefined;
      wake();
    },
    async next(timeoutMs) {
      if (timeoutMs === undefined) return change();
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([change(), timeout]);
      clearTimeout(timer);
    },
  };
}

export interface Signal {
  notify(): void;
  /** Resolves at the next notification, or after `timeoutMs`. */
  next(timeoutMs?: number): Promise<void>;
}
