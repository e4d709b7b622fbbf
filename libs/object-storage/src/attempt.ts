import { withinTime } from '@cullstream/files';
import { loadClient, type StorageClient } from './load-client.js';
import { toStorageError, type Access } from './to-storage-error.js';

/** Makes a request. @throws {StorageError} */
export type Attempt = <T>(
  request: (storage: StorageClient, signal: AbortSignal) => Promise<T>,
) => Promise<T>;

/**
 * @param place address of the bucket, for errors
 * @param answerWithinMs time after which a request is given up
 */
export function createAttempt(
  place: string,
  answerWithinMs: number,
  access: Access = 'read',
): Attempt {
  return async (request) => {
    const leaving = new AbortController();
    try {
      const storage = await loadClient();
      return await withinTime(request(storage, leaving.signal), place, answerWithinMs);
    } catch (error) {
      leaving.abort();
      throw toStorageError(error, access);
    }
  };
}
