import { ConfigurationError } from '@cullstream/contracts';
import pRetry, { AbortError } from 'p-retry';

/**
 * Tries again what a broker that is just being started again could not answer. Wrong configuration
 * fails at once.
 */
export function patiently<T>(ask: () => Promise<T>): Promise<T> {
  return pRetry(
    async () => {
      try {
        return await ask();
      } catch (error) {
        throw error instanceof ConfigurationError ? new AbortError(error) : error;
      }
    },
    { retries: 4, minTimeout: 500, maxTimeout: 4_000 },
  );
}
