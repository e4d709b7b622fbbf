import type { ImageSource, RunId } from '@cullstream/contracts';
import { iteratePrivateCopy, withPrivateCopy } from './private-copy.js';
import type { Failure } from './run-progress.js';
import { readColumns } from './table-columns.js';
import type { PredictionRow } from './schema.js';

/** An image that a run gave up, with everything that is needed to retry it. */
export interface StoredFailure extends Failure {
  readonly run: RunId;
  readonly catalogue: string;
  readonly source: ImageSource;
  readonly groupId: string | null;
}

const selectAllFailures = `
  SELECT prediction.run, prediction.sequence, prediction.stage, prediction.reason,
    prediction.message, image.catalogue, image.image, image.source, image.group_id
  FROM predictions prediction
  JOIN runs run ON run.run = prediction.run
  JOIN images image ON image.catalogue = run.catalogue AND image.sequence = prediction.sequence
  WHERE prediction.reason IS NOT NULL ORDER BY prediction.run, prediction.sequence`;

interface FailureCells {
  readonly run: string;
  readonly sequence: number;
  readonly stage: NonNullable<PredictionRow['stage']>;
  readonly reason: NonNullable<PredictionRow['reason']>;
  readonly message: string;
  readonly catalogue: string;
  readonly image: string;
  readonly source: string;
  readonly group_id: string | null;
}

/**
 * Every image that any run gave up, by run and sequence, from a database of ours; none from others.
 * Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readFailures(path: string): Generator<StoredFailure, void, undefined> {
  return iteratePrivateCopy(path, function* (sqlite) {
    if (readColumns(sqlite, 'predictions').size === 0) return;
    const rows = sqlite.prepare<[], FailureCells>(selectAllFailures).iterate();
    for (const { source, group_id: groupId, ...failure } of rows) {
      yield { ...failure, source: JSON.parse(source) as ImageSource, groupId };
    }
  });
}

/**
 * The groups that a run could not decide, from a database of ours; none from others. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readFailedGroups(path: string, run: RunId): string[] {
  return withPrivateCopy(path, (sqlite) => {
    if (readColumns(sqlite, 'group_decisions').size === 0) return [];
    return sqlite
      .prepare<[string], string>(
        "SELECT group_id FROM group_decisions WHERE run = ? AND outcome = 'failed' ORDER BY group_id",
      )
      .pluck()
      .all(run);
  });
}
