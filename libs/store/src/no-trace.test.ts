import { describe, expect, it } from 'vitest';
import { readDecisions } from './stored-decisions.js';
import { readExistingGroups } from './existing-groups.js';
import { planMerge } from './merge/merge.js';
import { readProjectState } from './project-state.js';
import {
  insertRows,
  prediction,
  RELAXED,
  setUpMerge,
  SIX_COLUMNS,
  STRICT,
} from './testing/merge-set-up.js';
import {
  createTemporaryData,
  readFileTrace,
  type TemporaryData,
} from './testing/temporary-data.js';
import { validateDatabase } from './validate/validate-database.js';
import { Sqlite } from './sqlite.js';

const SCHEMAS = [
  ['strict', STRICT],
  ['relaxed', RELAXED],
  ['six-column', SIX_COLUMNS],
  ['six-column, without rowids', `${SIX_COLUMNS} WITHOUT ROWID`],
] as const;

/** A database with a column, a view and an index of the user's own, and two staged groups. */
function setUp(data: TemporaryData, table: string) {
  const group = { group_id: 'g', images: '["1.png","2.png","3.png"]' };
  const row = table === STRICT ? { ...group, user_selected_index: 1 } : group;
  const paths = setUpMerge(data, { table, rows: [row] }, [prediction()]);
  const sqlite = new Sqlite(paths.target);
  sqlite.exec('ALTER TABLE ai_decisions ADD COLUMN rating INTEGER NOT NULL DEFAULT 3');
  sqlite.exec('CREATE VIEW picks AS SELECT group_id, ai_selected_index FROM ai_decisions');
  sqlite.exec('CREATE INDEX by_images ON ai_decisions(images)');
  return { ...paths, sqlite };
}

/** Calls every function that reads databases of the user. */
function readEverything(data: TemporaryData, target: string, staged: string): number {
  const { groups } = readExistingGroups(target);
  readProjectState(data.dataDir, 'p');
  expect(validateDatabase(target).statistics.rows).toBe(groups.length);
  expect([...readDecisions(target)]).toHaveLength(groups.length);
  expect(planMerge(staged, target).filled).toHaveLength(1);
  return groups.length;
}

describe.each(SCHEMAS)('reading a %s database leaves no trace', (_name, table) => {
  it('when it is alone', () => {
    using data = createTemporaryData();
    const { target, staged, sqlite } = setUp(data, table);
    sqlite.close();
    const before = [readFileTrace(target), readFileTrace(staged)];
    expect(readEverything(data, target, staged)).toBe(1);
    expect([readFileTrace(target), readFileTrace(staged)]).toEqual(before);
  });

  it('with a write-ahead log beside it that another program has open', () => {
    using data = createTemporaryData();
    const { target, staged, sqlite } = setUp(data, table);
    sqlite.pragma('journal_mode = WAL');
    sqlite.exec('CREATE TABLE notes (note TEXT)');
    const logged = { group_id: 'logged', images: '["9.png"]' };
    insertRows(target, [table === STRICT ? { ...logged, user_selected_index: 0 } : logged]);
    const traces = () => ['', '-wal', '-shm'].map((part) => readFileTrace(`${target}${part}`));
    const before = traces();
    expect(readEverything(data, target, staged)).toBe(2);
    expect(traces()).toEqual(before);
    sqlite.close();
  });
});
