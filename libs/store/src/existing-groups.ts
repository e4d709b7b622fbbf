import type { ExistingGroup } from '@cullstream/domain';
import { parseImageNames } from './image-names.js';
import { withPrivateCopy } from './private-copy.js';
import { columnsOf, stableOrder } from './table-columns.js';

export interface ExistingGroups {
  /** In the order in which the rows were added. */
  readonly groups: readonly ExistingGroup[];
  /** Rows that could not be used, for people. */
  readonly warnings: readonly string[];
}

/**
 * The groups in a database of any version the user may have, ours too. Leaves no trace on it.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readExistingGroups(path: string): ExistingGroups {
  return withPrivateCopy(path, (sqlite) => {
    const columns = columnsOf(sqlite, 'ai_decisions');
    if (!columns.has('group_id') || !columns.has('images')) {
      const warnings = [`${path}: no table ai_decisions with group_id and images; no groups taken`];
      return { groups: [], warnings };
    }
    const rows = sqlite
      .prepare<[], { group_id: unknown; images: unknown }>(
        `SELECT group_id, images FROM ai_decisions ORDER BY ${stableOrder(sqlite)}`,
      )
      .iterate();
    const groups: ExistingGroup[] = [];
    const warnings: string[] = [];
    for (const row of rows) {
      const images = parseImageNames(row.images);
      if (images === undefined || typeof row.group_id !== 'string' || row.group_id === '') {
        const id = JSON.stringify(row.group_id);
        warnings.push(`${path}: row ${id} is left out: its id or its list of images is not usable`);
      } else {
        groups.push({ groupId: row.group_id, images });
      }
    }
    return { groups, warnings };
  });
}
