/** Work that is repeated in the background. */
export interface Repetition {
  /** Ends it, after the work in progress. */
  stop(): Promise<void>;
}

/** Repeats work until it is stopped, one at a time. It does not keep the process alive. @param work never throws */
export function repeat(everyMs: number, work: () => Promise<void>): Repetition {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= work().finally(() => (running = undefined));
  }, everyMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
