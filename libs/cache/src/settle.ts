/**
 * Does the work at once and returns its result as a promise. The interface of the cache is asynchronous so
 * that it could use object storage; the local files are small and are read and written synchronously.
 */
export function settle<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
