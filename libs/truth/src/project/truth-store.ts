import { isDeepStrictEqual } from 'node:util';
import type { GroundTruth, TruthDatabase } from '@cullstream/store';

/** Takes what is found, a little at a time, so that an end at any moment loses little. */
export interface TruthStore {
  add(truth: GroundTruth): void;
  /** @param unknown groups of which nothing can be said any more */
  finish(unknown: readonly string[]): void;
}

const MOST_WAITING = 100;

/**
 * @param database where it is stored; undefined where cullstream has none of the project
 * @param known what it holds: what is the same is not written again
 * @param unfilled groups whose rows have empty user columns
 */
export function createTruthStore(
  database: TruthDatabase | undefined,
  known: ReadonlyMap<string, GroundTruth>,
  unfilled: ReadonlySet<string>,
): TruthStore {
  let waiting: GroundTruth[] = [];
  const flush = (gone: readonly string[] = []) => {
    if (waiting.length > 0 || gone.length > 0) database?.store(waiting, gone);
    waiting = [];
  };
  return {
    add(truth) {
      const { groupId } = truth;
      if (isDeepStrictEqual(known.get(groupId), truth) && !unfilled.has(groupId)) return;
      waiting.push(truth);
      if (waiting.length >= MOST_WAITING) flush();
    },
    finish: (unknown) => flush(unknown.filter((groupId) => known.has(groupId))),
  };
}
