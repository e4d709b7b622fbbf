import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { APPLICATION_ID, readApplicationId } from './application-id.js';
import { DatabaseError } from './database-error.js';
import { openProjectDatabase } from './project-database.js';
import { predictedImages } from './testing/image-results.js';
import {
  createForeignDatabase,
  createTemporaryData,
  readFileTrace,
} from './testing/temporary-data.js';
import { Sqlite } from './sqlite.js';

const NOON = new Date('2026-01-31T12:00:00.000Z');

async function create(dataDir: string): Promise<string> {
  const database = await openProjectDatabase({ dataDir, project: 'dalia' });
  database.close();
  return database.path;
}

describe('openProjectDatabase', () => {
  it('creates a database that carries the application id and nothing beside it', async () => {
    using data = createTemporaryData();
    const database = await openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' });
    expect(database).toMatchObject({
      path: data.toPath('dalia.db'),
      name: 'training/ai_training_decisions/dalia.db',
      staged: false,
    });
    database.close();
    expect(readApplicationId(database.path)).toBe(APPLICATION_ID);
    expect(data.names()).toEqual(['dalia.db']);
  });

  it('writes ahead and syncs every commit', async () => {
    using data = createTemporaryData();
    const path = await create(data.dataDir);
    const sqlite = new Sqlite(path);
    expect(sqlite.pragma('journal_mode', { simple: true })).toBe('wal');
    sqlite.close();
  });

  it('stages beside a database of the user and leaves that one as it is', async () => {
    using data = createTemporaryData();
    createForeignDatabase(data.toPath('dalia.db'), 'CREATE TABLE ai_decisions (group_id TEXT)');
    const before = readFileTrace(data.toPath('dalia.db'));
    const database = await openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' });
    database.apply(predictedImages({ groupSizes: [2] }), NOON);
    database.close();
    expect(database).toMatchObject({
      path: data.toPath('dalia_ai_predictions_temp.db'),
      staged: true,
    });
    const names = ['dalia.db', 'dalia_ai_predictions_temp.db'];
    expect(readFileTrace(data.toPath('dalia.db'))).toEqual({ ...before, folder: names });
  });

  it('refuses to write into a staging file of another tool', async () => {
    using data = createTemporaryData();
    for (const name of ['dalia.db', 'dalia_ai_predictions_temp.db']) {
      createForeignDatabase(data.toPath(name), 'CREATE TABLE ai_decisions (group_id TEXT)');
    }
    await expect(
      openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' }),
    ).rejects.toMatchObject({ name: 'DatabaseError', problem: 'not-ours' });
  });

  it("takes an empty file for the user's own", async () => {
    using data = createTemporaryData();
    writeFileSync(data.toPath('dalia.db'), '');
    const database = await openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' });
    database.close();
    expect(database.staged).toBe(true);
  });

  it('names a damaged database', async () => {
    using data = createTemporaryData();
    const path = await create(data.dataDir);
    const header = Buffer.alloc(4096, 0xff);
    header.write('SQLite format 3\0', 'latin1');
    header.writeUInt32BE(APPLICATION_ID, 68);
    writeFileSync(path, header);
    const opening = openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' });
    await expect(opening).rejects.toBeInstanceOf(DatabaseError);
  });
});
