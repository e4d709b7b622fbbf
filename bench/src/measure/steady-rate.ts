/** Two batches of each of two workers: from then on a worker may be idle. */
const LAST = 32;
/**
 * Share of all images: the first ones, while caches are filled and code is still being compiled.
 */
const WARM_UP = 0.4;

/**
 * Images a second while the pipeline is full, without the start, loading a model, the first images,
 * and the last ones.
 * @param finishedMs when each image was done, in any order
 * @param warmUp number of images at the beginning that are not counted
 * @param last number of images at the end that are not counted
 */
export function steadyRate(
  finishedMs: readonly number[],
  warmUp = Math.max(LAST, Math.floor(finishedMs.length * WARM_UP)),
  last = LAST,
): number {
  const inOrder = finishedMs.toSorted((a, b) => a - b);
  const [begun, ended] = [inOrder[warmUp - 1], inOrder.at(-1 - last)];
  if (begun === undefined || ended === undefined || ended <= begun) {
    throw new Error(
      `${finishedMs.length} images are too few to measure a rate without ${warmUp} and ${last}`,
    );
  }
  return ((inOrder.length - warmUp - last) * 1_000) / (ended - begun);
}
