import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConfigurationError } from '@cullstream/contracts';
import { RELAXED, readRows, setUpMerge, SIX_COLUMNS, STRICT } from '../testing/merge-set-up.js';
import { createTemporaryData, readSha256 } from '../testing/temporary-data.js';
import { Sqlite } from '../sqlite.js';
import { applyMerge } from './merge.js';
import { undoMerge } from './undo-merge.js';

const NOON = new Date('2026-01-31T12:00:00.000Z');
const RUNS = 30;

const TOUCHING = `CREATE TRIGGER touching AFTER UPDATE ON ai_decisions
  WHEN NEW.project_id IS NOT 'touched' BEGIN
    UPDATE ai_decisions SET project_id = 'touched' WHERE group_id = NEW.group_id; END`;
const TAKING_BACK = `CREATE TRIGGER taking_back BEFORE UPDATE ON ai_decisions
  WHEN NEW.group_id = 'g2' BEGIN SELECT RAISE(ROLLBACK, 'g2 is closed'); END`;
const EXTRAS = [
  'ALTER TABLE ai_decisions ADD COLUMN rating INTEGER NOT NULL DEFAULT 3',
  'ALTER TABLE ai_decisions ADD COLUMN is_first AS (ai_selected_index = 0)',
  'CREATE UNIQUE INDEX by_images ON ai_decisions(images, group_id)',
  'CREATE VIEW picks AS SELECT group_id, ai_selected_index FROM ai_decisions',
  `CREATE TRIGGER noting AFTER UPDATE ON ai_decisions BEGIN INSERT INTO notes VALUES ('x'); END`,
  `CREATE TRIGGER refusing BEFORE UPDATE ON ai_decisions WHEN NEW.group_id = 'g1' BEGIN
     SELECT RAISE(ABORT, 'g1 is closed'); END`,
  TOUCHING,
  TAKING_BACK,
  'PRAGMA journal_mode = WAL',
];

const table = fc.constantFrom(RELAXED, STRICT, SIX_COLUMNS, `${SIX_COLUMNS} WITHOUT ROWID`);
const index = fc.option(fc.integer({ min: 0, max: 2 }));
const box = fc.option(fc.constantFrom('[0.1,0.2,0.8,0.9]', '[0.3,0.2,0.8,0.9]', 'broken'));
const flag = fc.option(fc.constantFrom(0, 1));
const row = fc.record({
  group_id: fc.integer({ min: 0, max: 5 }).map((group) => `g${group}`),
  project_id: fc.option(fc.constant('p')),
  images: fc.constantFrom('["1.png","2.png","3.png"]', '["a/3.png","2.png","1.png"]', '["4.png"]'),
  ai_selected_index: index,
  ai_crop_coords: box,
  ai_confidence: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  user_selected_index: index,
  final_crop_coords: box,
  selection_match: flag,
  crop_match: flag,
});
const rows = fc.uniqueArray(row, { maxLength: 5, selector: ({ group_id: id }) => id });

/** The cells of a row for which the schema has columns. */
function fitTo(schema: string, cells: Record<string, string | number | null>) {
  const known = Object.entries(cells).filter(([column]) => schema.includes(column));
  return known.reduce(
    (all, [column, value]) => ({
      ...all,
      [column]: schema === STRICT && column === 'user_selected_index' ? (value ?? 0) : value,
    }),
    {},
  );
}

function execute(path: string, statements: readonly string[]): void {
  const sqlite = new Sqlite(path);
  for (const statement of statements) sqlite.exec(statement);
  sqlite.close();
}

it('a merge never changes a cell that has a value, is idempotent, and is undone to the byte', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ schema: table, extras: fc.subarray(EXTRAS), standing: rows, predictions: rows }),
      async ({ schema, extras, standing, predictions }) => {
        using data = createTemporaryData();
        const existing = { table: schema, rows: standing.map((cells) => fitTo(schema, cells)) };
        const { target, staged } = setUpMerge(data, existing, predictions);
        execute(target, ['CREATE TABLE notes (note TEXT)', ...extras]);
        const [before, bytes] = [readRows(target), readSha256(target)];
        const merge = () => applyMerge(staged, target, { now: NOON });

        const outcome = await merge().catch((error: unknown) => error);
        if (outcome instanceof ConfigurationError) {
          expect(outcome.message).toMatch(/its triggers .*touching|a trigger of it takes all back/);
          expect(readSha256(target)).toBe(bytes);
          return;
        }
        expect(outcome).not.toBeInstanceOf(Error);
        const after = readRows(target);
        for (const cells of before) {
          const filled = after.find(({ group_id: id }) => id === cells['group_id']);
          const changed = Object.keys(cells).filter(
            (column) => cells[column] !== null && cells[column] !== filled?.[column],
          );
          expect(changed).toEqual([]);
        }
        const mergedBytes = readSha256(target);
        expect((await merge()).backup).toBeNull();
        expect(readSha256(target)).toBe(mergedBytes);
        if (mergedBytes !== bytes) {
          expect((await undoMerge(target)).onlyRowsBecause).toBeNull();
        }
        expect(readSha256(target)).toBe(bytes);
      },
    ),
    { numRuns: RUNS },
  );
});
