import type BetterSqlite3 from 'better-sqlite3';
import { Kysely, Migrator, SqliteDialect } from 'kysely';
import { APPLICATION_ID } from '../application-id.js';
import { migrations, SCHEMA_VERSION } from './migration-list.js';

/** Migrates an open database of ours to {@link SCHEMA_VERSION}, unless it has that version. */
export async function migrate(sqlite: BetterSqlite3.Database): Promise<void> {
  if (sqlite.pragma('user_version', { simple: true }) === SCHEMA_VERSION) return;
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: sqlite }) });
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error instanceof Error) throw error;
  if (error !== undefined) throw new Error(`could not migrate ${sqlite.name}`, { cause: error });
  sqlite.pragma(`application_id = ${APPLICATION_ID}`);
  sqlite.pragma(`user_version = ${SCHEMA_VERSION}`);
}
