import type { RunId } from '@cullstream/contracts';
import { toRunStart } from '@cullstream/store';

const SECOND_MS = 1_000;

/**
 * The time a new run is named after: now, or where the clock has gone back, just after the newest
 * run. Ids order runs, and of two the later one's decisions count.
 */
export function nextRunTime(now: Date, runs: Iterable<RunId>): Date {
  const newest = [...runs].sort().at(-1);
  if (newest === undefined) return now;
  return new Date(Math.max(now.getTime(), Date.parse(toRunStart(newest)) + SECOND_MS));
}
