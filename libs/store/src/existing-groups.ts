import type { ExistingGroup } from '@cullstream/domain';
import { parseImageNames } from './image-names.js';
import { withPrivateCopy } from './private-copy.js';
import { columnsOfDecisions, readStableOrder } from './table-columns.js';

export interface ExistingGroups {
  /** In the order in which the rows were added. */
  readonly groups: readonly ExistingGroup[];
  /** Rows that could not be used, for people. */
  readonly warnings: readonly string[];
}

/**
 * The groups in a database of any version, the user's or ours. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 *
 * @example
 * ```ts
 * const { groups, warnings } = readExistingGroups('training/ai_training_decisions/dalia.db');
 * groups[0]; // { groupId: 'dalia_group_…', images: ['…_stage1_generated.png', …] }
 * ```
 */
export function readExistingGroups(path: string): ExistingGroups {
  return withPrivateCopy(path, (sqlite) => {
    const columns = columnsOfDecisions(sqlite, path);
    if (!columns.has('group_id') || !columns.has('images')) {
      const warnings = [`${path}: no table ai_decisions with group_id and images; no groups taken`];
      return { groups: [], warnings };
    }
    const rows = sqlite
      .prepare<[], { group_id: unknown; images: unknown }>(
        `SELECT group_id, images FROM ai_decisions ORDER BY ${readStableOrder(sqlite)}`,
      )
      .iterate();
    const groups: ExistingGroup[] = [];
    const unusable: string[] = [];
    for (const row of rows) {
      const images = parseImageNames(row.images);
      if (images === undefined || typeof row.group_id !== 'string' || row.group_id === '') {
        unusable.push(shortened(JSON.stringify(row.group_id)));
      } else {
        groups.push({ groupId: row.group_id, images });
      }
    }
    return { groups, warnings: toWarnings(path, unusable) };
  });
}

const EXAMPLES = 10;
const MAX_ID_LENGTH = 80;

/** Warnings are stored in the run record, so their number and length are limited. */
function toWarnings(path: string, unusable: readonly string[]): string[] {
  const warnings = unusable
    .slice(0, EXAMPLES)
    .map((id) => `${path}: row ${id} is left out: its id or its list of images is not usable`);
  const more = unusable.length - warnings.length;
  return more > 0 ? [...warnings, `${path}: ${more} more rows are left out like these`] : warnings;
}

function shortened(id: string): string {
  return id.length > MAX_ID_LENGTH ? `${id.slice(0, MAX_ID_LENGTH)}…` : id;
}
