import { setTimeout as delay } from 'node:timers/promises';
import { TransientError } from '@cullstream/contracts';

export interface RetryReadingOptions {
  /** Aborting it ends the waiting, with the last error. */
  readonly signal?: AbortSignal | undefined;
  /** Delay after the first failure; it doubles with each further one. */
  readonly firstDelayMs?: number;
}

const MOST_TRIES = 5;
const FIRST_DELAY_MS = 500;

/**
 * Repeats a read that fails in a way that may pass: five attempts over about eight seconds (docs/adr/0023).
 * @throws the last error; at once one that does not pass
 */
export async function retryReading<T>(
  read: () => T,
  { signal, firstDelayMs = FIRST_DELAY_MS }: RetryReadingOptions = {},
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof TransientError) || tries === MOST_TRIES) throw error;
      const waited = delay(firstDelayMs * 2 ** (tries - 1), undefined, { signal });
      await waited.catch(() => Promise.reject(error as Error));
    }
  }
}
