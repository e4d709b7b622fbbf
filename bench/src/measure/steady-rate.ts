/**
 * Images a second from when the pipeline is full: starting, loading a model and filling the first
 * batches are left out.
 * @param finishedMs when each image was done, in any order
 * @param fill images that are done before counting begins
 */
export function steadyRate(finishedMs: readonly number[], fill: number): number {
  const inOrder = finishedMs.toSorted((a, b) => a - b);
  const [begun, ended] = [inOrder[fill - 1], inOrder.at(-1)];
  if (begun === undefined || ended === undefined || ended <= begun) {
    throw new Error(`${finishedMs.length} images are too few to measure a rate after ${fill}`);
  }
  return ((inOrder.length - fill) * 1_000) / (ended - begun);
}
