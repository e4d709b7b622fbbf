import { Sqlite } from '@cullstream/store';

/** Changes a database as no writer would. */
export function changeDatabase(path: string, ...statements: readonly string[]): void {
  const sqlite = new Sqlite(path);
  for (const statement of statements) sqlite.exec(statement);
  sqlite.close();
}
