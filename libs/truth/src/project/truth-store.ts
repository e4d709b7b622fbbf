import { isDeepStrictEqual } from 'node:util';
import type { GroundTruth, TruthDatabase } from '@cullstream/store';

/** Stores results in small batches, so that little is lost if the program ends. */
export interface TruthStore {
  add(truth: GroundTruth): void;
  /** @param unknown groups whose stored truth is deleted, since nothing is known about them any more */
  finish(unknown: readonly string[]): void;
}

const MOST_WAITING = 100;

/**
 * @param database where it is stored; undefined if cullstream has no database of the project
 * @param known the stored truth: results that are the same are not written again
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
