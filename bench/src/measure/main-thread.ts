import type { ProcessUse } from './process-tree.js';

/**
 * Processor time of a process's main thread for each image, in milliseconds, while the pipeline is
 * full. It does not depend on the number of cores, so 1000 divided by it is the maximum of images a
 * second.
 * @param finishedMs when each image was done
 * @returns undefined when the process was measured less than twice in that time
 */
export function toMainThreadMs(
  { mainThread }: ProcessUse,
  finishedMs: readonly number[],
): number | undefined {
  const inOrder = finishedMs.toSorted((a, b) => a - b);
  const [begun = Infinity, ended = 0] = [inOrder[Math.floor(inOrder.length / 4)], inOrder.at(-1)];
  const seen = mainThread.filter(({ atMs }) => atMs >= begun && atMs <= ended);
  const [first, last] = [seen[0], seen.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  const images = inOrder.filter((ms) => ms > first.atMs && ms <= last.atMs).length;
  return ((last.cpuSeconds - first.cpuSeconds) * 1_000) / images;
}
