import type BetterSqlite3 from 'better-sqlite3';

/** Names of a table's (or view's) columns; empty where there is none of that name. */
export function columnsOf(sqlite: BetterSqlite3.Database, table: string): ReadonlySet<string> {
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

/** Whether its rows have a `rowid`, the order in which they were added. */
export function hasRowid(sqlite: BetterSqlite3.Database, table: string): boolean {
  const row = sqlite
    .prepare<[string], { wr: number }>(
      `SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ? AND type = 'table'`,
    )
    .get(table);
  return row?.wr === 0;
}

/** The order of `ai_decisions` that stays the same from one reading to the next. */
export function readStableOrder(sqlite: BetterSqlite3.Database): string {
  return hasRowid(sqlite, 'ai_decisions') ? 'rowid' : 'group_id';
}
