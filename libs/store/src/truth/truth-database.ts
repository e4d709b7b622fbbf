import { withTranslatedErrors } from '../database-error.js';
import { openOwnDatabase } from '../open-own-database.js';
import { rowValues } from '../row-values.js';
import {
  readOpenGroundTruth,
  toGroundTruthRow,
  type GroundTruth,
  type GroundTruthRow,
} from './ground-truth.js';
import { isFillable, LARGEST_USER_INDEX, updateMatches } from './user-columns.js';

/** A database of ours, open for storing the truth. */
export interface TruthDatabase {
  /** The stored truth, by group. */
  read(): Map<string, GroundTruth>;
  /**
   * Stores what was found, and fills the user's columns of rows in which nobody has filled them. This is one
   * transaction, synced to disk.
   * @param gone groups whose truth is deleted, since nothing is known about them any more
   * @throws {TransientError} when the disk is full or fails, or the database is locked.
   */
  store(found: readonly GroundTruth[], gone?: readonly string[]): void;
  close(): void;
}

const values = rowValues<GroundTruthRow>({
  group_id: true,
  final_file: true,
  selected_index: true,
  action: true,
  box_px: true,
  crop: true,
  method: true,
  score: true,
  final_time: true,
  final_path: true,
  evidence: true,
});

const fill = `
  UPDATE ai_decisions SET user_selected_index = @selected_index, user_action = @action,
    final_crop_coords = @crop, crop_timestamp = @final_time
  WHERE group_id = @group_id AND ${isFillable('ai_decisions')}
    AND (@selected_index IS NULL OR @selected_index <= ${LARGEST_USER_INDEX})`;

const empty = `
  UPDATE ai_decisions SET user_selected_index = NULL, user_action = NULL, final_crop_coords = NULL,
    crop_timestamp = NULL, selection_match = NULL, crop_match = NULL
  WHERE group_id = @group_id AND ${isFillable('ai_decisions')}`;

/**
 * Opens a database that cullstream created.
 * @throws {DatabaseError} when cullstream did not create it, or it is damaged.
 */
export async function openTruthDatabase(path: string): Promise<TruthDatabase> {
  const sqlite = await openOwnDatabase(path);
  const statements = {
    fill: sqlite.prepare<[GroundTruthRow]>(fill),
    empty: sqlite.prepare<[{ group_id: string }]>(empty),
    replace: sqlite.prepare<[GroundTruthRow]>(`INSERT OR REPLACE INTO ground_truth ${values}`),
    remove: sqlite.prepare<[{ group_id: string }]>(
      'DELETE FROM ground_truth WHERE group_id = @group_id',
    ),
    match: sqlite.prepare<[{ group_id: string }]>(updateMatches('group_id = @group_id')),
  };
  const store = sqlite.transaction((found: readonly GroundTruth[], gone: readonly string[]) => {
    for (const groupId of gone) {
      statements.empty.run({ group_id: groupId });
      statements.remove.run({ group_id: groupId });
    }
    for (const truth of found) {
      const row = toGroundTruthRow(truth);
      statements.fill.run(row);
      statements.replace.run(row);
      statements.match.run({ group_id: row.group_id });
    }
  });
  return {
    read: () => readOpenGroundTruth(sqlite),
    store: (found, gone = []) =>
      withTranslatedErrors('write to', path, () => store.immediate(found, gone)),
    close: () => sqlite.close(),
  };
}
