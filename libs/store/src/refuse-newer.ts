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
 * As {@link refuseNewerFile}, for an open database: its write-ahead log may be newer than the header, and
 * the table of migrations newer than the version.
 * @param path path of the original for messages, since the open database may be a private copy.
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
    // There is no such table, or it is damaged. Reading the damaged part later will report the damage.
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
