/** Two batches of each of two workers. */
const EDGE = 32;

/**
 * Images a second while the pipeline is full: starting, loading a model, the first batches, and the last
 * ones, when some worker has nothing left to do, are left out.
 * @param finishedMs when each image was done, in any order
 * @param edge images that are not counted, at either end
 */
export function steadyRate(finishedMs: readonly number[], edge = EDGE): number {
  const inOrder = finishedMs.toSorted((a, b) => a - b);
  const [begun, ended] = [inOrder[edge - 1], inOrder.at(-1 - edge)];
  if (begun === undefined || ended === undefined || ended <= begun) {
    throw new Error(`${finishedMs.length} images are too few to measure a rate without ${edge}`);
  }
  return ((inOrder.length - 2 * edge) * 1_000) / (ended - begun);
}
