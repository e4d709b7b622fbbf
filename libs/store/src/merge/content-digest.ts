import { createHash } from 'node:crypto';
import type BetterSqlite3 from 'better-sqlite3';
import { hasRowid } from '../table-columns.js';

/** SHA-256 of every row of every table, with types: equal for equal content, however it is stored. */
export function digestContent(sqlite: BetterSqlite3.Database): string {
  const hash = createHash('sha256');
  const tables = sqlite
    .prepare<[], { name: string; sql: string }>(
      `SELECT name, sql FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
       ORDER BY name`,
    )
    .all();
  for (const { name, sql } of tables) {
    hash.update(`${sql}\n`);
    const quoted = `"${name.replaceAll('"', '""')}"`;
    const order = hasRowid(sqlite, name) ? ' ORDER BY rowid' : '';
    const rows = sqlite
      .prepare<[], unknown[]>(`SELECT * FROM main.${quoted}${order}`)
      .raw()
      .iterate();
    for (const row of rows) hash.update(`${JSON.stringify(row)}\n`);
  }
  return hash.digest('hex');
}
