import type BetterSqlite3 from 'better-sqlite3';
import type { RunId } from '@cullstream/contracts';
import { withPrivateCopy } from '../private-copy.js';
import { toRunStart } from '../run-progress.js';
import type { AiDecisionRow, GroupDecisionRow, PredictionRow } from '../schema.js';
import { decideFrom, type DecidedValues } from '../store-group.js';
import { readColumns } from '../table-columns.js';
import { isUntouched } from '../truth/user-columns.js';
import { selectMembers, type MemberRow } from '../result-queries.js';
import { toRowChecksum } from './row-checksum.js';

/** Rows of a run whose values are not those that were stored. */
export interface RowDamage {
  readonly run: RunId;
  /** Images whose result its checksum does not fit. */
  readonly sequences: readonly number[];
  /** Groups whose decision is not the one that the results of their images give. */
  readonly groupIds: readonly string[];
  /** Results of before there were checksums. */
  readonly unchecked: number;
}

/** A row of the user's table, and the names that its group has. */
type ShownRow = AiDecisionRow & { readonly group_images: string | null };

interface RunKey {
  readonly run: RunId;
  readonly catalogue: string;
  readonly recipe: string | null;
}

/**
 * Looks for rows that SQLite reads and that are wrong: it has no checksums, so a flipped bit in a value is
 * another value. Leaves no trace.
 * @returns one entry for each run, the oldest first
 * @throws {DatabaseError} when the file itself is damaged, no database or not readable.
 */
export function findRowDamage(path: string): RowDamage[] {
  return withPrivateCopy(path, (sqlite) => {
    const problem = sqlite.prepare<[], string>('PRAGMA integrity_check(1)').pluck().get();
    if (problem !== undefined && problem !== 'ok') {
      throw Object.assign(new Error(problem), { code: 'SQLITE_CORRUPT' });
    }
    if (readColumns(sqlite, 'runs').size === 0) return [];
    return readRunKeys(sqlite).map((key) => ({
      run: key.run,
      groupIds: findWrongDecisions(sqlite, key),
      ...findWrongResults(sqlite, key.run),
    }));
  });
}

export function readRunKeys(sqlite: BetterSqlite3.Database): RunKey[] {
  return sqlite.prepare<[], RunKey>('SELECT run, catalogue, recipe FROM runs ORDER BY run').all();
}

export function findWrongResults(
  sqlite: BetterSqlite3.Database,
  run: RunId,
): Pick<RowDamage, 'sequences' | 'unchecked'> {
  const hasChecksums = readColumns(sqlite, 'predictions').has('checksum');
  const rows = sqlite
    .prepare<[string], PredictionRow>('SELECT * FROM predictions WHERE run = ? ORDER BY sequence')
    .iterate(run);
  const sequences: number[] = [];
  let unchecked = 0;
  for (const row of rows) {
    if (!hasChecksums || row.checksum === null) unchecked += 1;
    else if (row.checksum !== toRowChecksum(row)) sequences.push(row.sequence);
  }
  return { sequences, unchecked };
}

/** Compares both tables of decisions with what the results of the images give now. */
export function findWrongDecisions(sqlite: BetterSqlite3.Database, key: RunKey): string[] {
  const { run, catalogue, recipe } = key;
  const members = sqlite.prepare<[Record<string, string>], MemberRow>(selectMembers);
  const listed = sqlite.prepare<[Record<string, string | null>], ShownRow>(
    `SELECT ai_decisions.*, grouped.images AS group_images FROM ai_decisions
     LEFT JOIN groups grouped
     ON grouped.catalogue = @catalogue AND grouped.group_id = ai_decisions.group_id
     WHERE ai_decisions.group_id = @group_id AND prediction_recipe = @recipe
     AND timestamp = @timestamp AND ${isUntouched('ai_decisions')}`,
  );
  const decisions = sqlite
    .prepare<[string], GroupDecisionRow>(
      'SELECT * FROM group_decisions WHERE run = ? AND outcome IS NOT NULL ORDER BY group_id',
    )
    .all(run);
  return decisions.flatMap((row) => {
    const { group_id } = row;
    const found = members.all({ run, catalogue, group_id });
    // Results that are missing are found elsewhere; what the others give says nothing.
    if (found.length < row.seen) return [];
    const right = decideFrom(found);
    const shown = listed.get({ group_id, catalogue, recipe, timestamp: toRunStart(run) });
    return isSameDecision(row, right) && isSameRow(shown, right) ? [] : [group_id];
  });
}

function isSameDecision(row: GroupDecisionRow, right: DecidedValues): boolean {
  return (
    row.outcome === right.outcome &&
    row.selected_index === right.selected_index &&
    row.confidence === right.confidence &&
    row.crop === right.crop &&
    row.inverted === right.inverted
  );
}

/** True also where the row is of another run, or a person has worked on it. */
function isSameRow(row: ShownRow | undefined, right: DecidedValues): boolean {
  if (row === undefined || right.outcome === 'failed') return true;
  return (
    row.images === row.group_images &&
    row.ai_selected_index === right.selected_index &&
    row.ai_crop_coords === right.crop &&
    row.ai_confidence === right.confidence &&
    row.image_width === right.width_px &&
    row.image_height === right.height_px
  );
}
