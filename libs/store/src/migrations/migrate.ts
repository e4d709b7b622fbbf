import type BetterSqlite3 from 'better-sqlite3';
import { Kysely, Migrator, SqliteDialect, type Migration } from 'kysely';
import { APPLICATION_ID } from '../application-id.js';
import { DatabaseError } from '../database-error.js';
import { initialSchema } from './initial-schema.js';
import { promotions } from './promotions.js';

const migrations: Record<string, Migration> = {
  '0001-initial-schema': initialSchema,
  '0002-promotions': promotions,
};

/** Value of `user_version` in databases of this release: the number of migrations. */
export const SCHEMA_VERSION = Object.keys(migrations).length;

/**
 * Brings an open database of ours to {@link SCHEMA_VERSION}; leaves one that is there alone.
 * @throws {DatabaseError} when a newer cullstream has written it.
 */
export async function migrate(sqlite: BetterSqlite3.Database): Promise<void> {
  const version = sqlite.pragma('user_version', { simple: true }) as number;
  if (version === SCHEMA_VERSION) return;
  if (version > SCHEMA_VERSION) {
    throw new DatabaseError(
      'newer',
      sqlite.name,
      `${sqlite.name} has schema ${version}, this cullstream knows ${SCHEMA_VERSION}; ` +
        'update cullstream',
    );
  }
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: sqlite }) });
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error instanceof Error) throw error;
  if (error !== undefined) throw new Error(`could not migrate ${sqlite.name}`, { cause: error });
  sqlite.pragma(`application_id = ${APPLICATION_ID}`);
  sqlite.pragma(`user_version = ${SCHEMA_VERSION}`);
}
