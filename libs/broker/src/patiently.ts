import { ConfigurationError } from '@cullstream/contracts';
import { isBrokerAway } from '@cullstream/bus';
import pRetry, { AbortError } from 'p-retry';

/** After which nothing is tried again. */
const MOST_MS = 30_000;

/**
 * Tries again what a broker that is just being started again could not answer. Wrong configuration
 * fails at once.
 * @param note tells a person that something is waited for
 */
export function patiently<T>(
  ask: () => Promise<T>,
  note: (line: string) => void = () => undefined,
): Promise<T> {
  return pRetry(
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
      maxRetryTime: MOST_MS,
      onFailedAttempt: ({ error, attemptNumber }) => {
        if (attemptNumber > 1 || !isBrokerAway(error)) return;
        note(
          `the broker does not answer: it is asked again for about ${MOST_MS / 1_000} s; Ctrl-C ends the wait`,
        );
      },
    },
  );
}
