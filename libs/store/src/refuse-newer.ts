import type BetterSqlite3 from 'better-sqlite3';
import { isCullstreamDatabase, readUserVersion } from './application-id.js';
import { DatabaseError } from './database-error.js';
import { migrationNames, SCHEMA_VERSION } from './migrations/migration-list.js';
import { Sqlite } from './sqlite.js';

/**
 * Refuses a database of ours whose header names a schema that this release does not know. Opens
 * nothing: opening for writing alone may change the file.
 * @throws {DatabaseError} when a newer cullstream has written it.
 */
export function refuseNewerFile(path: string): void {
  if (!isCullstreamDatabase(path)) return;
  const version = readUserVersion(path);
  if (version > SCHEMA_VERSION) throw newer(path, `schema ${version}`);
}

/**
 * As {@link refuseNewerFile}, by what an open database says of itself: a write-ahead log may hold more
 * than the header, and the table of migrations more than the version.
 * @param path where the database is for people, who do not know of private copies.
 */
export function refuseNewer(sqlite: BetterSqlite3.Database, path: string): void {
  const version = sqlite.pragma('user_version', { simple: true }) as number;
  if (version > SCHEMA_VERSION) throw newer(path, `schema ${version}`);
  const unknown = appliedMigrations(sqlite).filter((name) => !migrationNames.includes(name));
  if (unknown.length > 0) throw newer(path, `migration ${unknown.join(', ')}`);
}

function appliedMigrations(sqlite: BetterSqlite3.Database): string[] {
  try {
    return sqlite.prepare<[], string>('SELECT name FROM kysely_migration').pluck().all();
  } catch (error) {
    // There is no such table, or it is damaged; damage is named by whoever comes to read what is damaged.
    if (error instanceof Sqlite.SqliteError) return [];
    throw error;
  }
}

function newer(path: string, what: string): DatabaseError {
  return new DatabaseError(
    'newer',
    path,
    `${path} has ${what}, and this cullstream knows schema ${SCHEMA_VERSION}: ` +
      'a newer version has written it; update cullstream',
  );
}
