import type BetterSqlite3 from 'better-sqlite3';
import { ConfigurationError } from '@cullstream/contracts';
import { Sqlite } from '../sqlite.js';

/**
 * Why a constraint or trigger of the database refuses a change; undefined if it was made.
 * @throws {ConfigurationError} if a trigger ends the whole transaction.
 */
export function findRefusal(sqlite: BetterSqlite3.Database, write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError)) throw error;
    if (!error.code.startsWith('SQLITE_CONSTRAINT')) throw error;
    if (sqlite.inTransaction) return `the database does not allow it: ${error.message}`;
    const message = `cannot merge into this database: a trigger of it takes all back (${error.message})`;
    throw new ConfigurationError([message], { cause: error });
  }
}
