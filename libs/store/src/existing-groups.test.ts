import { chmodSync, copyFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DatabaseError } from './database-error.js';
import { readExistingGroups } from './existing-groups.js';
import { openProjectDatabase } from './project-database.js';
import { readDecisions } from './stored-decisions.js';
import { readScoredDecisions } from './scored-decisions.js';
import { predictedImages } from './testing/image-results.js';
import { sampleDatabase } from './testing/sample-database.js';
import {
  createForeignDatabase,
  createTemporaryData,
  readFileTrace,
} from './testing/temporary-data.js';
import { Sqlite } from './sqlite.js';
import { validateDatabase } from './validate/validate-database.js';

const SIX_COLUMNS = `CREATE TABLE ai_decisions (group_id TEXT PRIMARY KEY, project_id TEXT,
  images TEXT, ai_selected_index INTEGER, ai_crop_coords TEXT, ai_confidence REAL)`;

describe('readExistingGroups', () => {
  it('reads the sample and changes neither bytes nor time', () => {
    const before = readFileTrace(sampleDatabase);
    const { groups, warnings } = readExistingGroups(sampleDatabase);
    expect(readFileTrace(sampleDatabase)).toEqual(before);
    expect(warnings).toEqual([]);
    expect(groups).toHaveLength(10);
    expect(groups[5]).toEqual({
      groupId: 'Kiara_Slender_group_20251025T120000Z_batch001_img005',
      images: ['20250703_000548_stage1_generated.png', '20250703_000649_stage2_upscaled.png'],
    });
  });

  it('reads the six-column version, in the order in which rows were added', () => {
    using data = createTemporaryData();
    const path = data.toPath('old.db');
    createForeignDatabase(
      path,
      SIX_COLUMNS,
      `INSERT INTO ai_decisions (group_id, images) VALUES ('z', '["1.png"]'), ('a', '["2.png"]')`,
    );
    expect(readExistingGroups(path).groups).toEqual([
      { groupId: 'z', images: ['1.png'] },
      { groupId: 'a', images: ['2.png'] },
    ]);
  });

  it('reads a table without rowids by group id', () => {
    using data = createTemporaryData();
    const path = data.toPath('old.db');
    createForeignDatabase(
      path,
      `${SIX_COLUMNS} WITHOUT ROWID`,
      `INSERT INTO ai_decisions (group_id, images) VALUES ('z', '["1.png"]'), ('a', '["2.png"]')`,
    );
    expect(readExistingGroups(path).groups.map(({ groupId }) => groupId)).toEqual(['a', 'z']);
  });

  it('leaves rows with unusable images out and names them', () => {
    using data = createTemporaryData();
    const path = data.toPath('old.db');
    createForeignDatabase(
      path,
      SIX_COLUMNS,
      `INSERT INTO ai_decisions (group_id, images) VALUES
        ('torn', '["1.png"'), ('numbers', '[1]'), ('none', NULL), ('good', '["1.png"]')`,
    );
    const { groups, warnings } = readExistingGroups(path);
    expect(groups.map(({ groupId }) => groupId)).toEqual(['good']);
    expect(warnings).toEqual([
      expect.stringContaining('"torn"'),
      expect.stringContaining('"numbers"'),
      expect.stringContaining('"none"'),
    ]);
  });

  it('keeps what it says of unusable rows short', () => {
    using data = createTemporaryData();
    const path = data.toPath('old.db');
    createForeignDatabase(
      path,
      SIX_COLUMNS,
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
        INSERT INTO ai_decisions (group_id, images)
        SELECT i || hex(zeroblob(50000)), 'torn' FROM n`,
    );
    const { warnings } = readExistingGroups(path);
    expect(warnings).toHaveLength(11);
    expect(warnings.at(-1)).toContain('490 more rows');
    expect(warnings.join().length).toBeLessThan(5_000);
  });

  it('refuses a view, whose rows may never end, as everything that reads decisions does', () => {
    using data = createTemporaryData();
    const path = data.toPath('endless.db');
    createForeignDatabase(
      path,
      `CREATE VIEW ai_decisions (group_id, images) AS
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, '[]' FROM n`,
    );
    const refusal = /its ai_decisions is a view, and only tables are read; put a table/;
    expect(() => readExistingGroups(path)).toThrow(refusal);
    expect(() => [...readDecisions(path)]).toThrow(refusal);
    expect(() => [...readScoredDecisions(path)]).toThrow(refusal);
    expect(validateDatabase(path).findings).toMatchObject([
      { check: 'readable', message: expect.stringMatching(refusal) },
    ]);
  });

  it('finds no groups in a database of something else', () => {
    using data = createTemporaryData();
    createForeignDatabase(data.toPath('other.db'), 'CREATE TABLE notes (text TEXT)');
    expect(readExistingGroups(data.toPath('other.db'))).toEqual({
      groups: [],
      warnings: [expect.stringContaining('no table ai_decisions')],
    });
  });

  it('sees what another program has committed to its write-ahead log, and leaves no trace', () => {
    using data = createTemporaryData();
    const path = data.toPath('old.db');
    const other = new Sqlite(path);
    other.pragma('journal_mode = WAL');
    other.exec(SIX_COLUMNS);
    other.exec(`INSERT INTO ai_decisions (group_id, images) VALUES ('logged', '["1.png"]')`);
    const before = [readFileTrace(path), readFileTrace(`${path}-wal`)];
    expect(readExistingGroups(path).groups).toEqual([{ groupId: 'logged', images: ['1.png'] }]);
    expect([readFileTrace(path), readFileTrace(`${path}-wal`)]).toEqual(before);
    other.close();
  });

  it('does not see what another program has written and not committed', () => {
    using data = createTemporaryData();
    const path = data.toPath('old.db');
    const other = new Sqlite(path);
    other.pragma('cache_size = 1');
    other.exec(SIX_COLUMNS);
    other.exec('BEGIN EXCLUSIVE');
    const insert = other.prepare('INSERT INTO ai_decisions (group_id, images) VALUES (?, ?)');
    for (let row = 0; row < 2000; row++) insert.run(`group ${row}`, '["1.png"]');
    expect(readExistingGroups(path).groups).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
  });

  it('reads a write-protected file', () => {
    using data = createTemporaryData();
    const path = data.toPath('old.db');
    createForeignDatabase(path, SIX_COLUMNS);
    chmodSync(path, 0o444);
    expect(readExistingGroups(path).groups).toEqual([]);
  });

  it('reads our own databases as well', async () => {
    using data = createTemporaryData();
    const database = await openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' });
    database.apply(predictedImages({ groupSizes: [2] }), new Date());
    expect(readExistingGroups(database.path).groups).toEqual([
      { groupId: 'dalia_group_0', images: ['image_000000.png', 'image_000001.png'] },
    ]);
    database.close();
  });

  it('says which file is no database', () => {
    using data = createTemporaryData();
    const path = data.toPath('text.db');
    copyFileSync(new URL(import.meta.url), path);
    expect(() => readExistingGroups(path)).toThrow(DatabaseError);
    expect(() => readExistingGroups(path)).toThrow(/text\.db: the file is damaged/);
  });

  it('says which file is not there', () => {
    using data = createTemporaryData();
    expect(() => readExistingGroups(data.toPath('gone.db'))).toThrow(/gone\.db does not exist/);
  });
});
