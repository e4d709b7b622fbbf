import { expect, it } from 'vitest';
import { createDatabase } from './create-database.js';
import { migrate } from './migrations/migrate.js';
import { Sqlite } from './sqlite.js';
import { createTemporaryData } from './testing/temporary-data.js';

/** The properties of a database that do not depend on its rows. */
function readNature(path: string): object {
  const sqlite = new Sqlite(path, { readonly: true });
  try {
    const all = (query: string) => sqlite.prepare(query).all();
    const value = (pragma: string) => sqlite.pragma(pragma, { simple: true });
    return {
      schema: all('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name'),
      migrations: all('SELECT name FROM kysely_migration ORDER BY name'),
      versions: [value('application_id'), value('user_version')],
      isSound: value('integrity_check'),
    };
  } finally {
    sqlite.close();
  }
}

it('makes the same database that the migrations make of an empty file', async () => {
  using data = createTemporaryData();
  const sqlite = new Sqlite(data.toPath('migrated.db'));
  await migrate(sqlite);
  sqlite.close();
  for (const name of ['first.db', 'second.db']) {
    await createDatabase(data.toPath(name));
    expect(readNature(data.toPath(name))).toEqual(readNature(data.toPath('migrated.db')));
  }
});

it('makes it once where two begin at the same time, and leaves nothing beside it', async () => {
  using data = createTemporaryData();
  const path = data.toPath('dalia.db');
  const isCreated = await Promise.all([createDatabase(path), createDatabase(path)]);
  expect(isCreated.sort()).toEqual([false, true]);
  expect(data.names()).toEqual(['dalia.db']);
  expect(readNature(path)).toMatchObject({ isSound: 'ok' });
});
