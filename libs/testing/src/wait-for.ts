import { setTimeout as delay } from 'node:timers/promises';

export interface WaitForOptions {
  /** What is waited for, as a phrase that can follow "waited 5000 ms in vain for". */
  readonly what: string;
  readonly timeoutMs: number;
  /** Pause between two checks. */
  readonly intervalMs?: number;
}

type Falsy = false | 0 | '' | null | undefined;

/**
 * Checks the condition repeatedly until it returns a value, and returns that. A condition that
 * throws counts as not met.
 *
 * @throws {Error} after `timeoutMs`, with what was waited for and the last error as its cause
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { what, timeoutMs, intervalMs = 20 }: WaitForOptions,
): Promise<Exclude<T, Falsy>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let cause: unknown;
    try {
      const value = await condition();
      if (value) return value as Exclude<T, Falsy>;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}`, { cause });
    }
    await delay(intervalMs);
  }
}
