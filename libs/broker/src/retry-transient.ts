import { ConfigurationError } from '@cullstream/contracts';
import { isBrokerUnavailable } from '@cullstream/bus';
import pRetry, { AbortError } from 'p-retry';

/** Time limit for all attempts, counted from the first failure. */
const MOST_MS = 30_000;

export interface RetryTransientOptions {
  readonly mostMs?: number;
}

/**
 * Repeats a request that failed because the broker was just being started again. A wrong
 * configuration fails at once.
 * @param note tells the user what is being waited for
 */
export function retryTransient<T>(
  ask: () => Promise<T>,
  note: (line: string) => void = () => undefined,
  { mostMs = MOST_MS }: RetryTransientOptions = {},
): Promise<T> {
  // A request that has been sent cannot be cancelled: its answer is ignored when the time is over.
  const over = new AbortController();
  const givenUp = new Promise<never>((_resolve, reject) => {
    over.signal.addEventListener('abort', () => reject(over.signal.reason as Error));
  });
  let deadline: NodeJS.Timeout | undefined;
  const answer = pRetry(
    async () => {
      try {
        return await ask();
      } catch (error) {
        throw error instanceof ConfigurationError ? new AbortError(error) : error;
      }
    },
    {
      retries: 4,
      minTimeout: 500,
      maxTimeout: 4_000,
      maxRetryTime: mostMs,
      signal: over.signal,
      onFailedAttempt: ({ error, attemptNumber }) => {
        deadline ??= setTimeout(() => over.abort(error), mostMs);
        if (attemptNumber > 1 || !isBrokerUnavailable(error)) return;
        note(
          `the broker does not answer: it is asked again for about ${mostMs / 1_000} s; Ctrl-C ends the wait`,
        );
      },
    },
  );
  return Promise.race([answer, givenUp]).finally(() => clearTimeout(deadline));
}
