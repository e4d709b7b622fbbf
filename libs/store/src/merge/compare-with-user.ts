import type BetterSqlite3 from 'better-sqlite3';
import { areBoxesNear } from '@cullstream/domain';
import { parseBox } from '../image-names.js';
import type { MatchColumn, MergeReport } from './merge-report.js';
import { findRefusal } from './find-refusal.js';

interface ComparedCells {
  readonly group_id: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** Fills `selection_match` and `crop_match` if they are NULL and both sides are known. Reports refusals. */
export function compareWithUser(
  sqlite: BetterSqlite3.Database,
  columns: ReadonlySet<string>,
): Pick<MergeReport, 'compared' | 'refused'> {
  const refused: MergeReport['refused'][number][] = [];
  const picks = ['ai_selected_index', 'user_selected_index'] as const;
  const selections = compare('selection_match', ...picks, equal);
  // Boxes of two different images cannot be compared.
  const canDiffer = picks.every((name) => columns.has(name));
  const isSameImage = canDiffer ? `COALESCE(${picks.join(' = ')}, TRUE)` : 'TRUE';
  const boxes = ['ai_crop_coords', 'final_crop_coords'] as const;
  const crops = compare('crop_match', ...boxes, boxesMatch, isSameImage);
  return { compared: [...selections, ...crops], refused };

  function compare(
    column: MatchColumn,
    ours: string,
    theirs: string,
    matches: (ours: unknown, theirs: unknown) => boolean | undefined,
    where = 'TRUE',
  ): MergeReport['compared'][number][] {
    if (![column, ours, theirs].every((name) => columns.has(name))) return [];
    const update = sqlite.prepare<[number, string]>(
      `UPDATE ai_decisions SET ${column} = ? WHERE group_id = ? AND ${column} IS NULL`,
    );
    const rows = sqlite
      .prepare<[], ComparedCells>(
        `SELECT group_id, ${ours} AS ours, ${theirs} AS theirs FROM ai_decisions
         WHERE ${column} IS NULL AND ${ours} IS NOT NULL AND ${theirs} IS NOT NULL
           AND ${where}
         ORDER BY group_id`,
      )
      .all();
    return rows.flatMap((row) => {
      const match = matches(row.ours, row.theirs);
      if (match === undefined) return [];
      const groupId = row.group_id;
      const message = findRefusal(sqlite, () => update.run(Number(match), groupId));
      if (message === undefined) return [{ groupId, column, match }];
      refused.push({ groupId, message });
      return [];
    });
  }
}

function equal(ours: unknown, theirs: unknown): boolean {
  return ours === theirs;
}

/** Undefined if one of them is not a box. */
function boxesMatch(ours: unknown, theirs: unknown): boolean | undefined {
  const [ourBox, theirBox] = [parseBox(ours), parseBox(theirs)];
  if (ourBox === undefined || theirBox === undefined) return undefined;
  return areBoxesNear(ourBox, theirBox);
}
