import { TransientError } from '@cullstream/contracts';
import pRetry from 'p-retry';

export interface RetryReadingOptions {
  /** Aborting it ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Delay after the first failure; it doubles with each further one. */
  readonly firstDelayMs?: number;
}

const MOST_TRIES = 5;
const FIRST_DELAY_MS = 500;

/**
 * Repeats a read that fails in a way that may pass: five attempts over about eight seconds (docs/adr/0023).
 * @throws the last error, at once one that does not pass; the reason of `signal` once that is aborted
 */
export function retryReading<T>(
  read: () => T,
  { signal, firstDelayMs = FIRST_DELAY_MS }: RetryReadingOptions = {},
): Promise<T> {
  return pRetry(read, {
    retries: MOST_TRIES - 1,
    minTimeout: firstDelayMs,
    signal,
    shouldRetry: ({ error }) => error instanceof TransientError,
  });
}
