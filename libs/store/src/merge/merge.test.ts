import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  decision,
  insertRows,
  prediction,
  readRows,
  RELAXED,
  setUpMerge,
  SIX_COLUMNS,
  STRICT,
} from '../testing/merge-set-up.js';
import { createTemporaryData, readFileTrace } from '../testing/temporary-data.js';
import { applyMerge, planMerge } from './merge.js';
import { undoMerge } from './undo-merge.js';
import { Sqlite } from '../sqlite.js';

const NOON = new Date('2026-01-31T12:00:00.000Z');
const BACKUP = 'p.db.before-merge-20260131T120000Z';

const FIVE = '["1","2","3","4","5"]';
const EMPTY = { added: [], filled: [], compared: [], left: [], refused: [] };

describe('applyMerge', () => {
  it('adds missing groups and fills what is NULL, and nothing else', async () => {
    using data = createTemporaryData();
    const standing = decision({ final_crop_coords: '[0.14,0.2,0.8,0.86]', crop_timestamp: 'then' });
    const { target, staged } = setUpMerge(data, { rows: [standing] }, [prediction()]);
    const [before] = readRows(target);
    await applyMerge(staged, target, { now: NOON });
    expect(readRows(target)).toEqual([
      {
        ...before,
        ai_selected_index: 1,
        ai_crop_coords: '[0.1,0.2,0.8,0.9]',
        ai_confidence: 0.5,
        selection_match: 1,
        crop_match: 1,
      },
    ]);
  });

  it('calls boxes different from five hundredths on', async () => {
    using data = createTemporaryData();
    const boxes = ['[0.15,0.2,0.8,0.9]', '[0.16,0.2,0.8,0.9]'];
    const rows = boxes.map((box, index) =>
      decision({
        group_id: `g${index}`,
        images: `["${index}"]`,
        ai_selected_index: 0,
        user_selected_index: 0,
        ai_crop_coords: '[0.1,0.2,0.8,0.9]',
        final_crop_coords: box,
      }),
    );
    const { target, staged } = setUpMerge(data, { rows }, []);
    await applyMerge(staged, target, { now: NOON });
    expect(readRows(target).map(({ crop_match: match }) => match)).toEqual([1, 0]);
  });

  it('does not compare boxes of two images', async () => {
    using data = createTemporaryData();
    const box = '[0.1,0.2,0.8,0.9]';
    const row = decision({
      ...{ group_id: 'g', ai_selected_index: 0, user_selected_index: 1 },
      ...{ ai_crop_coords: box, final_crop_coords: box },
    });
    const { target, staged } = setUpMerge(data, { rows: [row] }, []);
    await applyMerge(staged, target, { now: NOON });
    expect(readRows(target)).toMatchObject([{ selection_match: 0, crop_match: null }]);
  });

  it('finds a group by its image names, in other folders and another order', async () => {
    using data = createTemporaryData();
    const rows = [
      decision({ group_id: 'old', images: '["faces/3.png","faces/2.png","faces/1.png"]' }),
    ];
    const { target, staged } = setUpMerge(data, { rows }, [prediction({ ai_selected_index: 0 })]);
    const { report } = await applyMerge(staged, target, { now: NOON });
    expect(report.filled).toMatchObject([{ groupId: 'old', stagedGroupId: 'g' }]);
    expect(readRows(target)).toMatchObject([{ group_id: 'old', ai_selected_index: 2 }]);
  });

  it('gives no box to a row that has picked another image', async () => {
    using data = createTemporaryData();
    const rows = [decision({ ai_selected_index: 2 })];
    const { target, staged } = setUpMerge(data, { rows }, [prediction()]);
    expect((await applyMerge(staged, target, { now: NOON })).report.left).toEqual([
      { groupId: 'g', reason: 'different-pick' },
    ]);
    expect(readRows(target)).toMatchObject([{ ai_selected_index: 2, ai_crop_coords: null }]);
  });

  it('reports what a strict schema does not allow and does the rest', async () => {
    using data = createTemporaryData();
    const target = {
      table: STRICT,
      rows: [decision(), decision({ group_id: 'five', images: FIVE })],
    };
    const paths = setUpMerge(data, target, [
      prediction(),
      prediction({ group_id: 'five', images: FIVE, ai_selected_index: 4 }),
      prediction({ group_id: 'new', images: '["9.png"]', ai_selected_index: 0 }),
    ]);
    const { report } = await applyMerge(paths.staged, paths.target, { now: NOON });
    expect(report.filled.map(({ groupId }) => groupId)).toEqual(['g']);
    expect(report.refused).toEqual([
      { groupId: 'five', message: expect.stringContaining('CHECK constraint failed') as string },
      { groupId: 'new', message: expect.stringContaining('NOT NULL constraint failed') as string },
    ]);
    expect(readRows(paths.target)).toHaveLength(2);
  });

  it('leaves out only the choice of the finished images where the user columns have no room for it', async () => {
    using data = createTemporaryData();
    const table = RELAXED.replace('CHECK(', 'CHECK(user_selected_index <= 3), CHECK(');
    const none = { user_selected_index: null, user_action: null };
    const rows = [decision({ group_id: 'five', images: FIVE, ...none })];
    const { target, staged } = setUpMerge(data, { table, rows }, [
      prediction({ group_id: 'five', images: FIVE }),
    ]);
    const sqlite = new Sqlite(staged);
    sqlite.exec(`CREATE TABLE ground_truth AS SELECT 'five' group_id, '5' final_file, 4 selected_index,
      'approve' action, NULL box_px, NULL crop, 'exact' method, 1 score, NULL final_time,
      '5' final_path, NULL evidence`);
    sqlite.close();
    const { report } = await applyMerge(staged, target, { now: NOON });
    const columns = ['ai_selected_index', 'ai_crop_coords', 'ai_confidence'];
    const message = expect.stringContaining('user_selected_index') as string;
    expect(report).toMatchObject({
      filled: [{ groupId: 'five', columns }],
      left: [],
      refused: [{ groupId: 'five', message }],
    });
    expect(readRows(target)).toMatchObject([{ ai_selected_index: 1, ...none }]);
    const again = await applyMerge(staged, target, { now: NOON });
    expect(again.report).toMatchObject({ filled: [], left: [], refused: [{ groupId: 'five' }] });
  });

  it('takes them in once the table has the rules that docs/merging.md gives it', () => {
    using data = createTemporaryData();
    const rows = [decision({ group_id: 'five', images: FIVE })];
    const { target, staged } = setUpMerge(data, { table: STRICT, rows }, [
      prediction({ group_id: 'five', images: FIVE, ai_selected_index: 4 }),
      prediction({ group_id: 'new', images: '["9.png"]', ai_selected_index: 0 }),
    ]);
    const page = readFileSync(new URL('../../../../docs/merging.md', import.meta.url), 'utf8');
    const sqlite = new Sqlite(target);
    sqlite.exec('CREATE VIEW picks AS SELECT ai_selected_index FROM ai_decisions');
    sqlite.exec(/```sql\n(.*?)```/s.exec(page)?.[1] ?? '');
    expect(planMerge(staged, target)).toMatchObject({
      filled: [{ groupId: 'five' }],
      added: [{ groupId: 'new' }],
      refused: [],
    });
    expect(sqlite.prepare('SELECT * FROM picks').all()).toEqual([{ ai_selected_index: null }]);
    sqlite.close();
  });

  it('merges into the six-column version', async () => {
    using data = createTemporaryData();
    const rows = [{ group_id: 'g', images: '["1.png","2.png","3.png"]' }];
    const { target, staged } = setUpMerge(data, { table: SIX_COLUMNS, rows }, [prediction()]);
    await applyMerge(staged, target, { now: NOON });
    expect(readRows(target)).toMatchObject([{ ai_selected_index: 1, ai_confidence: 0.5 }]);
  });

  it('changes nothing and makes no backup the second time', async () => {
    using data = createTemporaryData();
    const { target, staged } = setUpMerge(data, { rows: [decision()] }, [prediction()]);
    const first = await applyMerge(staged, target, { now: NOON });
    const before = readFileTrace(target);
    const second = await applyMerge(staged, target, { now: NOON });
    expect(first.backup).toBe(data.toPath(BACKUP));
    expect(second).toEqual({
      report: { ...EMPTY, left: [{ groupId: 'g', reason: 'nothing-to-fill' }] },
      backup: null,
    });
    expect(readFileTrace(target)).toEqual(before);
  });

  it('keeps one prediction whole where two staged groups name the same images', async () => {
    using data = createTemporaryData();
    const { target, staged } = setUpMerge(data, { rows: [decision()] }, [
      prediction({ ai_crop_coords: null }),
      prediction({ group_id: 'again', ai_selected_index: 2 }),
    ]);
    const { report } = await applyMerge(staged, target, { now: NOON });
    expect(report.left).toEqual([{ groupId: 'g', reason: 'different-pick' }]);
    expect(readRows(target)).toMatchObject([{ ai_selected_index: 1, ai_crop_coords: null }]);
  });

  it('merges into a database with a write-ahead log that another program has open', async () => {
    using data = createTemporaryData();
    const { target, staged } = setUpMerge(data, { rows: [] }, [prediction()]);
    const other = new Sqlite(target);
    other.pragma('journal_mode = WAL');
    insertRows(target, [decision()]);
    await applyMerge(staged, target, { now: NOON });
    expect(other.prepare('SELECT ai_selected_index FROM ai_decisions').pluck().all()).toEqual([1]);
    other.close();
    await undoMerge(target);
    expect(data.names()).toEqual(['p.db', 'p_ai_predictions_temp.db']);
    expect(readRows(target)).toMatchObject([{ ai_selected_index: null, user_action: 'crop' }]);
  });

  it('waits for nobody: a locked database is left as it is, without a backup', async () => {
    using data = createTemporaryData();
    const { target, staged } = setUpMerge(data, { rows: [decision()] }, [prediction()]);
    const other = new Sqlite(target);
    other.exec('BEGIN EXCLUSIVE');
    const merging = applyMerge(staged, target, { now: NOON, busyTimeoutMs: 20 });
    await expect(merging).rejects.toThrow(/another program holds its lock/);
    other.exec('ROLLBACK');
    other.close();
    expect(data.names()).toEqual(['p.db', 'p_ai_predictions_temp.db']);
  });

  it('refuses where a trigger of the database would change more than that', async () => {
    using data = createTemporaryData();
    const { target, staged } = setUpMerge(data, { rows: [decision()] }, [prediction()]);
    const sqlite = new Sqlite(target);
    sqlite.exec(`CREATE TRIGGER dating AFTER UPDATE ON ai_decisions BEGIN
      UPDATE ai_decisions SET timestamp = 'now' WHERE group_id = NEW.group_id; END`);
    sqlite.close();
    const before = readFileTrace(target);
    await expect(applyMerge(staged, target, { now: NOON })).rejects.toThrow(
      /its triggers \(dating\) would change timestamp of g,/,
    );
    expect(readFileTrace(target)).toEqual(before);
  });

  it('refuses a view in place of the table', () => {
    using data = createTemporaryData();
    const { target, staged } = setUpMerge(data, { rows: [] }, [prediction()]);
    const sqlite = new Sqlite(target);
    sqlite.exec('ALTER TABLE ai_decisions RENAME TO kept');
    sqlite.exec('CREATE VIEW ai_decisions AS SELECT * FROM kept');
    sqlite.close();
    expect(() => planMerge(staged, target)).toThrow(/its ai_decisions is a view/);
  });
});
