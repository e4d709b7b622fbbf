import type BetterSqlite3 from 'better-sqlite3';
import { ConfigurationError } from '@cullstream/contracts';
import type { MergeReport } from './merge-report.js';
import { loadTargetRows, type TargetRows } from './target-rows.js';

/**
 * A database's own triggers may change cells that a merge never would. Compares every cell with
 * what the merge has made of it, where there are triggers at all.
 * @throws {ConfigurationError} when a row that was there has any other value or is gone.
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
