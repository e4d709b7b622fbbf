import { describe, expect, it } from 'vitest';
import { openProjectDatabase } from '../project-database.js';
import { Sqlite } from '../sqlite.js';
import { predictedImages } from '../testing/image-results.js';
import { createTemporaryData, dumpTables, type TemporaryData } from '../testing/temporary-data.js';
import { findRowDamage } from './find-row-damage.js';
import { removeRowDamage } from './remove-row-damage.js';

const results = predictedImages({ groupSizes: [3, 2], ungrouped: 2 });
const TABLES = ['predictions', 'group_decisions', 'ai_decisions', 'runs'];

async function store(data: TemporaryData): Promise<string> {
  const database = await openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' });
  database.apply(results, new Date('2026-01-31T12:00:00Z'));
  database.close();
  return database.path;
}

function change(path: string, statement: string): void {
  const sqlite = new Sqlite(path);
  sqlite.exec(statement);
  sqlite.close();
}

describe('rows that SQLite reads and that are wrong', () => {
  it('are none where nothing was changed', async () => {
    using data = createTemporaryData();
    const [damage, ...others] = findRowDamage(await store(data));
    expect(others).toEqual([]);
    expect(damage).toMatchObject({ sequences: [], groupIds: [], unchecked: 0 });
  });

  it.each([
    ['a score', 'UPDATE predictions SET score = score + 1e-9 WHERE sequence = 6', [6], []],
    ['a box', `UPDATE predictions SET crop = '[0,0,1,1]' WHERE sequence = 5`, [5], []],
    ['a width', 'UPDATE predictions SET width_px = width_px + 1 WHERE sequence = 6', [6], []],
    [
      'a decision of the run',
      `UPDATE group_decisions SET confidence = 0.5 WHERE group_id = 'dalia_group_0'`,
      [],
      ['dalia_group_0'],
    ],
    [
      'a decision that is shown',
      `UPDATE ai_decisions SET ai_selected_index = 1 - ai_selected_index WHERE group_id = 'dalia_group_1'`,
      [],
      ['dalia_group_1'],
    ],
    [
      'a name that is shown',
      `UPDATE ai_decisions SET images = replace(images, 'a', 'b') WHERE group_id = 'dalia_group_1'`,
      [],
      ['dalia_group_1'],
    ],
  ])('are found, deleted and made again: %s', async (_what, damage, sequences, groupIds) => {
    using data = createTemporaryData();
    const path = await store(data);
    const before = dumpTables(path, TABLES);
    change(path, damage);
    expect(findRowDamage(path)).toMatchObject([{ sequences, groupIds }]);

    const removed = await removeRowDamage(path);
    expect([...removed.keys()]).toEqual([results[0]?.run]);
    expect(findRowDamage(path)).toMatchObject([{ sequences: [], groupIds: [] }]);
    expect(dumpTables(path, TABLES)).not.toEqual(before);
    await store(data);
    expect(dumpTables(path, TABLES)).toEqual(before);
  });

  it('are not looked for where a person has worked on the decision', async () => {
    using data = createTemporaryData();
    const path = await store(data);
    change(path, `UPDATE ai_decisions SET user_action = 'approve', ai_confidence = 0.5`);
    expect(findRowDamage(path)).toMatchObject([{ groupIds: [] }]);
  });

  it('are counted where they have no checksum', async () => {
    using data = createTemporaryData();
    const path = await store(data);
    change(path, 'UPDATE predictions SET checksum = NULL WHERE sequence < 4');
    expect(findRowDamage(path)).toMatchObject([{ unchecked: 4 }]);
  });
});
