import { ConfigurationError, TransientError } from '@cullstream/contracts';
import { StorageError } from '@cullstream/object-storage';

/** As for a local disk that cannot be used now. */
const RETRY_AFTER_MS = 10_000;

/**
 * The error for a request that failed.
 * @param place address of what was asked for
 */
export function toBucketFault(place: string, error: unknown): Error {
  if (!(error instanceof StorageError)) {
    return error instanceof Error ? error : new Error(String(error));
  }
  return new TransientError(`${place} ${error.problem}`, {
    cause: error,
    retryAfterMs: RETRY_AFTER_MS,
  });
}

/** The error for a command that cannot begin without the bucket. */
export function toRefusal(place: string, error: unknown): Error {
  if (!(error instanceof StorageError)) return toBucketFault(place, error);
  return new ConfigurationError([`‹vectors›: ${place} ${error.problem}`], { cause: error });
}

/** The error where a service begins: wrong credentials and a missing bucket are no outage. */
export function toOpeningFault(place: string, error: unknown): Error {
  const isWrong = error instanceof StorageError && ['EACCES', 'ENOENT'].includes(error.code);
  return isWrong ? toRefusal(place, error) : toBucketFault(place, error);
}
