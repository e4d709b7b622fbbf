import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sampleDatabase } from '../testing/sample-database.js';
import {
  decision,
  insertRows,
  prediction,
  RELAXED,
  readRows,
  setUpMerge,
  SIX_COLUMNS,
  STRICT,
} from '../testing/merge-set-up.js';
import {
  createForeignDatabase,
  createTemporaryData,
  readSha256,
  type TemporaryData,
} from '../testing/temporary-data.js';
import { withPrivateCopyFor } from '../private-copy.js';
import { Sqlite } from '../sqlite.js';
import { applyMerge } from './merge.js';
import { undoMerge } from './undo-merge.js';

const NOON = new Date('2026-01-31T12:00:00.000Z');
const BACKUP = 'p.db.before-merge-20260131T120000Z';
const USED = [
  'CREATE TABLE notes (note TEXT)',
  'CREATE INDEX by_images ON ai_decisions(images)',
  'CREATE VIEW picks AS SELECT group_id, ai_selected_index FROM ai_decisions',
  "CREATE TRIGGER noted AFTER UPDATE ON ai_decisions BEGIN INSERT INTO notes VALUES ('x'); END",
  // Many pages, and free ones among them.
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
   INSERT INTO notes SELECT hex(randomblob(40)) FROM n`,
  'DELETE FROM notes WHERE rowid % 3 > 0',
];

/** A merge that fills a row and adds one where the schema allows that. */
async function merged(data: TemporaryData, table = RELAXED, more: readonly string[] = []) {
  const row = table.startsWith(SIX_COLUMNS)
    ? { group_id: 'g', images: '["1.png","2.png","3.png"]' }
    : decision();
  const { target, staged } = setUpMerge(data, { table, rows: [row] }, [
    prediction(),
    prediction({ group_id: 'new', images: '["9.png"]', ai_selected_index: 0 }),
  ]);
  change(target, ...more);
  const before = readSha256(target);
  const { report } = await applyMerge(staged, target, { now: NOON });
  expect(report.filled).toHaveLength(1);
  expect(readSha256(target)).not.toBe(before);
  return { target, before };
}

function change(path: string, ...statements: readonly string[]): void {
  const sqlite = new Sqlite(path);
  for (const statement of statements) sqlite.exec(statement);
  sqlite.close();
}

describe('undoMerge', () => {
  it.each([
    ['a strict database', STRICT, []],
    ['a relaxed one', RELAXED, []],
    ['one of six columns', SIX_COLUMNS, []],
    ['one without rowids', `${SIX_COLUMNS} WITHOUT ROWID`, []],
    ['one with a view, an index, a trigger and free pages', RELAXED, USED],
    ['one that writes ahead', RELAXED, ['PRAGMA journal_mode = WAL', ...USED]],
  ])('gives %s its very bytes and removes the backup', async (_what, table, more) => {
    using data = createTemporaryData();
    const { target, before } = await merged(data, table, more);
    expect(await undoMerge(target)).toEqual({
      backup: data.toPath(BACKUP),
      onlyRowsBecause: null,
    });
    expect(readSha256(target)).toBe(before);
    expect(data.names()).toEqual(['p.db', 'p_ai_predictions_temp.db']);
  });

  it('gives the sample its very bytes', async () => {
    using data = createTemporaryData();
    const target = data.toPath('p.db');
    copyFileSync(sampleDatabase, target);
    chmodSync(target, 0o644);
    createForeignDatabase(data.toPath('staged.db'), RELAXED);
    const groupId = 'Kiara_Slender_group_20251025T120000Z_batch001_img005';
    const images = '["20250703_000548_stage1_generated.png","20250703_000649_stage2_upscaled.png"]';
    insertRows(data.toPath('staged.db'), [prediction({ group_id: groupId, images })]);
    const { report } = await applyMerge(data.toPath('staged.db'), target, { now: NOON });
    expect(report.filled).toHaveLength(1);
    expect(readSha256(target)).not.toBe(readSha256(sampleDatabase));
    await undoMerge(target);
    expect(readSha256(target)).toBe(readSha256(sampleDatabase));
    expect(data.names()).toEqual(['p.db', 'staged.db']);
  });

  it('ends what a killed undo left: pages in place, counters not', async () => {
    using data = createTemporaryData();
    const { target, before } = await merged(data);
    await withPrivateCopyFor(data.toPath(BACKUP), (copy) => copy.backup(target));
    expect(readSha256(target)).not.toBe(before);
    expect(await undoMerge(target)).toMatchObject({ onlyRowsBecause: null });
    expect(readSha256(target)).toBe(before);
  });

  it('restores rows where the file was in use during the merge', async () => {
    using data = createTemporaryData();
    const { target, staged } = setUpMerge(data, { rows: [] }, [prediction()]);
    const other = new Sqlite(target);
    other.pragma('journal_mode = WAL');
    other.exec('CREATE TABLE notes (note TEXT)');
    insertRows(target, [decision()]);
    const before = readRows(target);
    await applyMerge(staged, target, { now: NOON });
    expect(await undoMerge(target)).toMatchObject({
      onlyRowsBecause: 'it was in use during the merge, so its bytes were not noted',
    });
    expect(readRows(target)).toEqual(before);
    other.close();
  });

  it('restores rows where another program has the file open', async () => {
    using data = createTemporaryData();
    const { target } = await merged(data);
    const other = spawn('tail', ['-f', target], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(other.stdout, 'data');
    expect(await undoMerge(target)).toMatchObject({
      onlyRowsBecause: 'another program has it open',
    });
    other.kill();
    await once(other, 'exit');
    expect(readRows(target)).toMatchObject([{ group_id: 'g', ai_selected_index: null }]);
  });

  it.each([['VACUUM'], ['PRAGMA user_version = 7'], ['CREATE VIEW later AS SELECT 1']])(
    'restores rows after %s, and leaves that as it is',
    async (since) => {
      using data = createTemporaryData();
      const { target } = await merged(data);
      change(target, since);
      expect(await undoMerge(target)).toMatchObject({
        onlyRowsBecause: 'its file has changed since the merge',
      });
      expect(readRows(target)).toMatchObject([{ group_id: 'g', ai_selected_index: null }]);
      if (!since.includes('later')) return;
      const views = new Sqlite(target).prepare('SELECT * FROM later').pluck().all();
      expect(views).toEqual([1]);
    },
  );

  it('refuses where rows have changed since, and names the backup', async () => {
    using data = createTemporaryData();
    const { target } = await merged(data);
    insertRows(target, [decision({ group_id: 'later' })]);
    const before = readSha256(target);
    await expect(undoMerge(target)).rejects.toThrow(
      new RegExp(`changed since the merge.*${BACKUP}`),
    );
    expect(readSha256(target)).toBe(before);
    expect(data.names()).toContain(BACKUP);
  });

  it('refuses where nothing was merged', async () => {
    using data = createTemporaryData();
    const { target } = setUpMerge(data, { rows: [] }, []);
    await expect(undoMerge(target)).rejects.toThrow(/no backup of a merge/);
  });
});
