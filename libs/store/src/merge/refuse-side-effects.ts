import type BetterSqlite3 from 'better-sqlite3';
import { ConfigurationError } from '@cullstream/contracts';
import type { MergeReport } from './merge-report.js';
import { loadTargetRows, type TargetRows } from './target-rows.js';

/**
 * Triggers of the database may change cells that the merge does not. If there are any, every cell is
 * compared with the value that it must have after the merge.
 * @throws {ConfigurationError} if a row has another value or is gone.
 */
export function refuseSideEffects(
  sqlite: BetterSqlite3.Database,
  { rows, columns }: TargetRows,
  compared: MergeReport['compared'],
): void {
  const triggers = readTriggers(sqlite);
  if (triggers.length === 0) return;
  const now = new Map([...loadTargetRows(sqlite).rows].map((row) => [row.groupId, row.cells]));
  const matches = new Map(
    compared.map(({ groupId, column, match }) => [`${column} ${groupId}`, Number(match)]),
  );
  for (const { groupId, cells } of rows) {
    const changed = [...columns].find(
      (column) =>
        now.get(groupId)?.[column] !== (matches.get(`${column} ${groupId}`) ?? cells[column]),
    );
    if (changed === undefined) continue;
    throw new ConfigurationError([
      `cannot merge into this database: its triggers (${triggers.join(', ')}) would change ` +
        `${changed} of ${groupId}, and a merge changes nothing but empty columns; ` +
        'drop them for the merge',
    ]);
  }
}

function readTriggers(sqlite: BetterSqlite3.Database): string[] {
  return sqlite
    .prepare<[], string>(
      `SELECT name FROM main.sqlite_schema
       WHERE type = 'trigger' AND lower(tbl_name) = 'ai_decisions' ORDER BY name`,
    )
    .pluck()
    .all();
}
