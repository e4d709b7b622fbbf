import { describe, expect, it } from 'vitest';
import { openProjectDatabase } from '../project-database.js';
import { readDecisions } from '../stored-decisions.js';
import { predictedImages, recipeNamed } from '../testing/image-results.js';
import {
  createForeignDatabase,
  createTemporaryData,
  dumpTables,
} from '../testing/temporary-data.js';
import { readVersions } from '../versions/read-versions.js';
import { lastPromotion, promoteVersion, undoPromotion } from './promote.js';
import { Sqlite } from '../sqlite.js';

const project = 'dalia';
const first = recipeNamed('first');
const second = recipeNamed('second');
const groupSizes = [3, 4, 2];

/** Makes two versions of one project; in the second one the signs of all scores are reversed. */
async function makeVersions(dataDir: string): Promise<string> {
  const database = await openProjectDatabase({ dataDir, project });
  const at = new Date('2026-01-31T09:45:00Z');
  database.apply(predictedImages({ project, groupSizes, recipe: first }), at);
  const later = predictedImages({
    ...{ project, groupSizes, recipe: second },
    run: '20260201T094500Z-m4y8',
  });
  database.apply(
    later.map((event) => ({ ...event, score: -event.score, crop: [0, 0, 0.5, 0.5] })),
    at,
  );
  database.close();
  return database.path;
}

const decisions = (path: string) => dumpTables(path, ['ai_decisions'])['ai_decisions'];
const makePromotion = (version: string, promotion = '20260202T000000Z-aaaa') => ({
  version,
  promotion,
  project,
});

function execute(path: string, statement: string): void {
  const sqlite = new Sqlite(path);
  sqlite.exec(statement);
  sqlite.close();
}

describe('versions', () => {
  it('are kept beside each other, the first staying current', async () => {
    using data = createTemporaryData();
    const path = await makeVersions(data.dataDir);
    const versions = readVersions(path, project);
    expect(versions.map(({ version, currentRows }) => [version, currentRows])).toEqual([
      [first.id, 3],
      [second.id, 0],
    ]);
    expect(versions[1]?.newestCompleted?.run).toBe('20260201T094500Z-m4y8');
  });
});

describe('a promotion', () => {
  it('puts the decisions of a version in place of the current ones', async () => {
    using data = createTemporaryData();
    const path = await makeVersions(data.dataDir);
    const before = decisions(path);
    expect(await promoteVersion(path, makePromotion(second.id))).toEqual({
      run: '20260201T094500Z-m4y8',
      replaced: 3,
      unchanged: 0,
      left: 0,
      undecided: 0,
    });
    expect(decisions(path)).not.toEqual(before);
    expect(readVersions(path, project).map(({ currentRows }) => currentRows)).toEqual([0, 3]);
  });

  it('changes nothing a second time', async () => {
    using data = createTemporaryData();
    const path = await makeVersions(data.dataDir);
    await promoteVersion(path, makePromotion(second.id));
    const after = dumpTables(path, ['ai_decisions', 'promotions', 'replaced_decisions']);
    const again = await promoteVersion(path, makePromotion(second.id, '20260203T000000Z-bbbb'));
    expect(again).toMatchObject({ replaced: 0, unchanged: 3 });
    expect(dumpTables(path, ['ai_decisions', 'promotions', 'replaced_decisions'])).toEqual(after);
  });

  it('is undone to the last cell, and leaves no trace of itself', async () => {
    using data = createTemporaryData();
    const path = await makeVersions(data.dataDir);
    const before = decisions(path);
    await promoteVersion(path, makePromotion(second.id));
    expect(lastPromotion(path)).toEqual({
      promotion: '20260202T000000Z-aaaa',
      version: second.id,
    });
    expect(await undoPromotion(path, '20260202T000000Z-aaaa')).toEqual({ restored: 3, left: 0 });
    expect(decisions(path)).toEqual(before);
    expect(lastPromotion(path)).toBeUndefined();
  });

  it('replaces the list of images as well, which its index is about, and gives it back', async () => {
    using data = createTemporaryData();
    const database = await openProjectDatabase({ dataDir: data.dataDir, project });
    const at = new Date('2026-01-31T09:45:00Z');
    database.apply(predictedImages({ project, groupSizes: [2], recipe: first }), at);
    const later = { recipe: second, run: '20260201T094500Z-m4y8', catalogue: 'second' };
    database.apply(predictedImages({ project, groupSizes: [3], ...later }), at);
    database.close();
    const { path } = database;
    const before = decisions(path);
    expect(await promoteVersion(path, makePromotion(second.id))).toMatchObject({ replaced: 1 });
    const [row] = readDecisions(path);
    expect(row?.images).toHaveLength(3);
    expect(row?.selectedIndex).toBe(2);
    await undoPromotion(path, '20260202T000000Z-aaaa');
    expect(decisions(path)).toEqual(before);
  });

  it('leaves a row alone whose choice, found from finished images, is among other images', async () => {
    using data = createTemporaryData();
    const database = await openProjectDatabase({ dataDir: data.dataDir, project });
    const at = new Date('2026-01-31T09:45:00Z');
    database.apply(predictedImages({ project, groupSizes: [2], recipe: first }), at);
    const later = { run: '20260201T094500Z-m4y8', catalogue: 'second' };
    const { path } = database;
    execute(
      path,
      `INSERT INTO ground_truth VALUES ('dalia_group_0', 'final.png', 1, 'approve', NULL, NULL, 'none', NULL,
         NULL, NULL, NULL);
       UPDATE ai_decisions SET user_selected_index = 1, user_action = 'approve'`,
    );
    const before = decisions(path);
    database.apply(predictedImages({ project, groupSizes: [3], recipe: first, ...later }), at);
    const other = { ...later, run: '20260202T094500Z-m4y8', recipe: second };
    database.apply(predictedImages({ project, groupSizes: [3], ...other }), at);
    database.close();
    expect(decisions(path)).toEqual(before);
    expect(await promoteVersion(path, makePromotion(second.id))).toMatchObject({ left: 1 });
    expect(decisions(path)).toEqual(before);
  });

  it('leaves rows alone that somebody has worked on', async () => {
    using data = createTemporaryData();
    const path = await makeVersions(data.dataDir);
    execute(
      path,
      `UPDATE ai_decisions SET user_action = 'approve' WHERE group_id = 'dalia_group_1'`,
    );
    expect(await promoteVersion(path, makePromotion(second.id))).toMatchObject({
      replaced: 2,
      left: 1,
    });
  });

  it('is not undone in rows that somebody has worked on since', async () => {
    using data = createTemporaryData();
    const path = await makeVersions(data.dataDir);
    await promoteVersion(path, makePromotion(second.id));
    execute(
      path,
      `UPDATE ai_decisions SET user_selected_index = 1 WHERE group_id = 'dalia_group_1'`,
    );
    expect(await undoPromotion(path, '20260202T000000Z-aaaa')).toEqual({ restored: 2, left: 1 });
  });

  it('of a version that never completed the project does nothing', async () => {
    using data = createTemporaryData();
    const path = await makeVersions(data.dataDir);
    const before = decisions(path);
    expect(await promoteVersion(path, makePromotion('0000000000000000'))).toMatchObject({
      run: null,
      replaced: 0,
    });
    expect(decisions(path)).toEqual(before);
  });

  it('refuses a database that cullstream did not create', async () => {
    using data = createTemporaryData();
    const path = data.toPath('dalia.db');
    createForeignDatabase(path, 'CREATE TABLE ai_decisions (group_id TEXT)');
    await expect(promoteVersion(path, makePromotion(second.id))).rejects.toThrow(
      'was not created by cullstream',
    );
  });
});
