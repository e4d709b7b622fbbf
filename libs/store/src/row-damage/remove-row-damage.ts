import type { RunId } from '@cullstream/contracts';
import { withTranslatedErrors } from '../database-error.js';
import { openOwnDatabase } from '../open-own-database.js';
import { recountRun } from '../recount-run.js';
import { prepareStatements } from '../statements.js';
import { toRunStart } from '../run-progress.js';
import { isUntouched } from '../truth/user-columns.js';
import { findWrongDecisions, findWrongResults, readRunKeys } from './find-row-damage.js';

/**
 * Deletes the rows that `findRowDamage` finds, and the decisions that stand on them, so that they are
 * missing and no longer wrong: what makes up for missing rows makes them again. A row that a person has
 * worked on stays.
 * @returns how many rows were deleted, by run
 * @throws {DatabaseError} when the file cannot be written
 */
export async function removeRowDamage(path: string): Promise<ReadonlyMap<RunId, number>> {
  const sqlite = await openOwnDatabase(path);
  try {
    const statements = prepareStatements(sqlite);
    const deleteResult = sqlite.prepare('DELETE FROM predictions WHERE run = ? AND sequence = ?');
    const deleteDecision = sqlite.prepare(
      'DELETE FROM group_decisions WHERE run = ? AND group_id = ?',
    );
    const deleteRow = sqlite.prepare(
      `DELETE FROM ai_decisions WHERE group_id = ? AND prediction_recipe = ? AND timestamp = ?
       AND ${isUntouched('ai_decisions')}`,
    );
    const groupOf = sqlite
      .prepare<[string, number], string | null>(
        'SELECT group_id FROM images WHERE catalogue = ? AND sequence = ?',
      )
      .pluck();
    const membersOf = sqlite
      .prepare<[string, string], number>(
        'SELECT sequence FROM images WHERE catalogue = ? AND group_id = ?',
      )
      .pluck();
    const remove = sqlite.transaction(() => {
      const removed = new Map<RunId, number>();
      for (const key of readRunKeys(sqlite)) {
        const { run, catalogue, recipe } = key;
        const groupIds = new Set(findWrongDecisions(sqlite, key));
        const { sequences } = findWrongResults(sqlite, run);
        const results = new Set(sequences);
        for (const sequence of sequences) {
          const groupId = groupOf.get(catalogue, sequence);
          if (typeof groupId === 'string') groupIds.add(groupId);
        }
        // A wrong decision may stand on a wrong result that has no checksum.
        for (const groupId of groupIds)
          for (const sequence of membersOf.all(catalogue, groupId)) results.add(sequence);
        if (results.size + groupIds.size === 0) continue;
        for (const sequence of results) deleteResult.run(run, sequence);
        for (const groupId of groupIds) {
          deleteDecision.run(run, groupId);
          deleteRow.run(groupId, recipe, toRunStart(run));
        }
        removed.set(run, results.size);
        const row = statements.selectRun.get({ run });
        if (row === undefined) continue;
        recountRun(statements, row);
        statements.updateRun.run(row);
      }
      return removed;
    });
    return withTranslatedErrors('repair', path, () => remove.immediate());
  } finally {
    sqlite.close();
  }
}
