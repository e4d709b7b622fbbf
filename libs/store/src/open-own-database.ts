import type BetterSqlite3 from 'better-sqlite3';
import { isCullstreamDatabase } from './application-id.js';
import { openConnection } from './connection.js';
import { DatabaseError, translateError } from './database-error.js';
import { migrate } from './migrations/migrate.js';

/**
 * Opens a database that cullstream created for writing, and migrates it to the present tables.
 * @throws {TransientError} when the disk is full or fails, or the database is locked.
 * @throws {DatabaseError} when cullstream did not create it, or it is damaged.
 */
export async function openOwnDatabase(path: string): Promise<BetterSqlite3.Database> {
  if (!isCullstreamDatabase(path)) {
    throw new DatabaseError('not-ours', path, `${path} was not created by cullstream`);
  }
  try {
    const sqlite = openConnection(path);
    try {
      await migrate(sqlite);
      return sqlite;
    } catch (error) {
      sqlite.close();
      throw error;
    }
  } catch (error) {
    throw translateError(error, 'open', path);
  }
}
