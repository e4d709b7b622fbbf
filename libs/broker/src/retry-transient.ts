import { ConfigurationError } from '@cullstream/contracts';
import { isBrokerUnavailable } from '@cullstream/bus';
import pRetry, { AbortError } from 'p-retry';

/** After which nothing is waited for, since the first failure. */
const MOST_MS = 30_000;

export interface RetryTransientOptions {
  readonly mostMs?: number;
}

/**
 * Tries again what a broker that is just being started again could not answer. Wrong configuration
 * fails at once.
 * @param note tells a person that something is waited for
 */
export function retryTransient<T>(
  ask: () => Promise<T>,
  note: (line: string) => void = () => undefined,
  { mostMs = MOST_MS }: RetryTransientOptions = {},
): Promise<T> {
  // A request that is under way knows no signal: it is left alone when the time is over.
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
