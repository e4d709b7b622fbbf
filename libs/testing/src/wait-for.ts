import { setTimeout as delay } from 'node:timers/promises';

export interface WaitForOptions {
  /** What is waited for, as it reads after "waited 5000 ms in vain for". */
  readonly what: string;
  readonly timeoutMs: number;
  /** Pause between two looks. */
  readonly intervalMs?: number;
}

type Falsy = false | 0 | '' | null | undefined;

/**
 * Looks again and again until the condition gives something, and gives that back. A condition that
 * throws is not met yet.
 *
 * @throws {Error} after `timeoutMs`, naming what was waited for, with the last failure as its cause
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
