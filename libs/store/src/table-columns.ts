import type BetterSqlite3 from 'better-sqlite3';
import { DatabaseError } from './database-error.js';

/** Names of the columns of a table or view; empty if there is none of that name. */
export function readColumns(sqlite: BetterSqlite3.Database, table: string): ReadonlySet<string> {
  const columns = sqlite
    .prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)')
    .all(table);
  return new Set(columns.map(({ name }) => name));
}

/** Whether there is a table, not a view, of that name. */
export function isTable(sqlite: BetterSqlite3.Database, name: string): boolean {
  return (
    sqlite
      .prepare<[string]>(
        `SELECT 1 FROM pragma_table_list WHERE schema = 'main' AND name = ? AND type = 'table'`,
      )
      .get(name) !== undefined
  );
}

function isView(sqlite: BetterSqlite3.Database, name: string): boolean {
  return (
    sqlite
      .prepare<[string]>(
        `SELECT 1 FROM pragma_table_list WHERE schema = 'main' AND name = ? AND type = 'view'`,
      )
      .get(name) !== undefined
  );
}

/** Whether a table's rows have a `rowid`, which tells the order in which they were added. */
export function hasRowid(sqlite: BetterSqlite3.Database, table: string): boolean {
  const row = sqlite
    .prepare<[string], { wr: number }>(
      `SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ? AND type = 'table'`,
    )
    .get(table);
  return row?.wr === 0;
}

/**
 * Names of the columns of `ai_decisions`; empty if there is no such table.
 * @throws {DatabaseError} if it is a view: a view may have endlessly many rows, and reading them could
 *   not be interrupted
 */
export function columnsOfDecisions(
  sqlite: BetterSqlite3.Database,
  path: string,
): ReadonlySet<string> {
  const columns = readColumns(sqlite, 'ai_decisions');
  if (columns.size === 0 || !isView(sqlite, 'ai_decisions')) return columns;
  throw new DatabaseError(
    'unreadable',
    path,
    `could not read ${path}: its ai_decisions is a view, and only tables are read; put a table with ` +
      'the same rows in its place (CREATE TABLE … AS SELECT), or move the database away',
  );
}

/** The column by which `ai_decisions` is ordered, so that every reading has the same order. */
export function readStableOrder(sqlite: BetterSqlite3.Database): string {
  return hasRowid(sqlite, 'ai_decisions') ? 'rowid' : 'group_id';
}
