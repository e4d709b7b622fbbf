import { describe, expect, it } from 'vitest';
import { readDatabaseFacts } from './database-facts.js';
import { readExistingGroups } from './existing-groups.js';
import { SCHEMA_VERSION } from './migrations/migration-list.js';
import { openProjectDatabase } from './project-database.js';
import { readProjectState } from './project-state.js';
import { promoteVersion } from './promote/promote.js';
import { Sqlite } from './sqlite.js';
import {
  createForeignDatabase,
  createTemporaryData,
  readFileTrace,
} from './testing/temporary-data.js';
import { validateDatabase } from './validate/validate-database.js';

const RUN = '20260131T094500Z-k3x9';
const UNKNOWN_MIGRATION = `INSERT INTO kysely_migration VALUES ('0999-next', '2027-01-01T00:00:00Z')`;

async function createNewer(dataDir: string, ...statements: readonly string[]): Promise<string> {
  const database = await openProjectDatabase({ dataDir, project: 'dalia' });
  database.close();
  const sqlite = new Sqlite(database.path);
  for (const statement of statements) sqlite.exec(statement);
  sqlite.close();
  return database.path;
}

describe.each([
  ['schema', ['PRAGMA user_version = 999'], 'schema 999'],
  ['migration', [UNKNOWN_MIGRATION], 'migration 0999-next'],
  [
    'schema without a log',
    ['PRAGMA journal_mode = DELETE', `PRAGMA user_version = ${SCHEMA_VERSION + 1}`],
    `schema ${SCHEMA_VERSION + 1}`,
  ],
])('a database of ours of a newer %s', (_, statements, what) => {
  it('is not opened for writing, and stays as it is', async () => {
    using data = createTemporaryData();
    const { dataDir } = data;
    const path = await createNewer(dataDir, ...statements);
    const before = readFileTrace(path);
    const opening = openProjectDatabase({ dataDir, project: 'dalia' });
    await expect(opening).rejects.toMatchObject({
      problem: 'newer',
      message:
        `${path} has ${what}, and this cullstream knows schema ${SCHEMA_VERSION}: a newer version has written it; ` +
        'update cullstream',
    });
    const promoting = promoteVersion(path, { version: 'v', promotion: 'p', project: 'dalia' });
    await expect(promoting).rejects.toMatchObject({ problem: 'newer' });
    expect(readFileTrace(path)).toEqual(before);
  });

  it('is not read either, by whatever reads databases', async () => {
    using data = createTemporaryData();
    const path = await createNewer(data.dataDir, ...statements);
    const newer = expect.objectContaining({ problem: 'newer', path });
    expect(() => readProjectState(data.dataDir, 'dalia')).toThrow(newer);
    expect(() => readDatabaseFacts(path, 'dalia', RUN)).toThrow(newer);
    const { findings } = validateDatabase(path);
    expect(findings).toMatchObject([{ severity: 'error', message: expect.stringContaining(what) }]);
  });
});

it("reads a user's database whatever version its own tool gives it", () => {
  using data = createTemporaryData();
  const path = data.toPath('dalia.db');
  createForeignDatabase(
    path,
    'CREATE TABLE ai_decisions (group_id TEXT, images TEXT)',
    'PRAGMA user_version = 999',
  );
  expect(readExistingGroups(path)).toEqual({ groups: [], warnings: [] });
});
