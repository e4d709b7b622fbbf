/**
 * A promise of work that is done at once. The cache's interface is asynchronous so that object
 * storage can stand behind it; files are small and local, and are read and written in place.
 */
export function settle<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
