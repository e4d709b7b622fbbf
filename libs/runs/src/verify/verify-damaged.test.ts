import { rmSync, writeFileSync } from 'node:fs';
import { createLogger } from '@cullstream/runtime';
import { describe, expect, it } from 'vitest';
import { predictedImages } from '../../../store/src/testing/image-results.js';
import { changeDatabase } from '../testing/change-database.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { keepVectors } from '../testing/keep-vectors.js';
import { createOpenCaches } from './check-vectors.js';
import { verifyProject } from './verify-project.js';

const log = createLogger('test', 'silent');
const images = predictedImages({ groupSizes: [2, 2], ungrouped: 1 });

/** A project that is complete. */
async function complete(data: DataFolder) {
  await keepVectors(data.path, images);
  return data.store(images);
}

const verify = (data: DataFolder, database: { path: string; name: string }) =>
  verifyProject('dalia', database, {
    caches: createOpenCaches({ data: data.path, cache: '' }, log),
  });

describe('a database that proves nothing', () => {
  const nothing = {
    project: 'dalia',
    run: null,
    ...{ images: 0, embedded: 0, cached: 0, failed: 0, groups: 0, decidedGroups: 0 },
    ...{ failedGroups: 0, vectorsChecked: 0, embeddingRecipe: null, predictionRecipe: null },
    ...{ accepted: [], notes: [] },
  };
  const unrepairable = {
    withoutRow: [],
    withoutVector: [],
    withoutDecision: [],
    damagedRows: 0,
    database: false,
  };

  it('is of another project, and nothing more is said of it', async () => {
    using data = createDataFolder();
    const { path, name } = await data.store(predictedImages({ project: 'other', groupSizes: [2] }));
    expect(await verify(data, { path, name })).toEqual({
      ...nothing,
      database: name,
      repairable: unrepairable,
      gaps: [
        expect.stringMatching(/^its database is of project "other": it was copied or renamed/),
      ],
    });
  });

  it('is told where a part of it is of another project', async () => {
    using data = createDataFolder();
    const database = await complete(data);
    changeDatabase(database.path, `UPDATE ai_decisions SET project_id = 'other' WHERE rowid = 1`);
    const { gaps, images: count } = await verify(data, database);
    expect({ gaps, count }).toEqual({
      gaps: [expect.stringMatching(/^its database has decisions of project "other"/)],
      count: 5,
    });
  });

  it('has had no run', async () => {
    using data = createDataFolder();
    const database = await complete(data);
    changeDatabase(database.path, 'DELETE FROM runs');
    expect(await verify(data, database)).toEqual({
      ...nothing,
      database: database.name,
      repairable: unrepairable,
      gaps: ['no run has worked on this database'],
    });
  });

  it('is damaged, and a repair makes it anew', async () => {
    using data = createDataFolder();
    const database = await complete(data);
    writeFileSync(database.path, 'SQLite format 3\0 and then nothing that it should be');
    const proof = await verify(data, database);
    expect(proof).toEqual({
      ...nothing,
      database: database.name,
      repairable: { ...unrepairable, database: true },
      gaps: [expect.stringContaining(database.path)],
    });
  });

  it('is damaged where a row cannot be made sense of', async () => {
    using data = createDataFolder();
    const database = await complete(data);
    changeDatabase(database.path, `UPDATE recipes SET recipe = 'no JSON'`);
    const proof = await verify(data, database);
    expect(proof.repairable.database).toBe(true);
    expect(proof.gaps).toEqual([expect.stringContaining(database.path)]);
  });

  it('is gone, and a repair has nothing to set aside', async () => {
    using data = createDataFolder();
    const database = await complete(data);
    rmSync(database.path);
    const proof = await verify(data, database);
    expect(proof.repairable).toEqual(unrepairable);
    expect(proof.gaps).toEqual([expect.stringContaining(database.path)]);
  });
});
