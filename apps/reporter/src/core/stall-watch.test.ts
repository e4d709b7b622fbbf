import { expect, it } from 'vitest';
import { StallWatch } from './stall-watch.js';

/** Observes every ten seconds. @returns the seconds at which the run is reported as stalled */
function watch(finished: readonly (number | 'paused')[]): number[] {
  const stalls = new StallWatch(60_000);
  return finished.flatMap((count, index) => {
    const nowMs = 1_000_000 + index * 10_000;
    if (count === 'paused') stalls.interrupt();
    return count !== 'paused' && stalls.observe(nowMs, count) ? [index * 10] : [];
  });
}

it('says once that nothing has ended for so long, and again after something has', () => {
  expect(watch([0, 0, 0, 0, 0, 0, 0, 0, 0])).toEqual([60]);
  expect(watch([1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2])).toEqual([60, 130]);
  expect(watch([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual([]);
});

it('does not count a pause, or time in which nobody looked', () => {
  expect(watch([1, 1, 1, 1, 'paused', 'paused', 1, 1, 1, 1, 1, 1, 1])).toEqual([120]);
  const stalls = new StallWatch(60_000);
  expect([1_000_000, 1_200_000, 1_210_000].map((atMs) => stalls.observe(atMs, 1))).toEqual([
    false,
    false,
    false,
  ]);
});
