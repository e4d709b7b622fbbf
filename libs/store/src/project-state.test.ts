import { describe, expect, it } from 'vitest';
import type { ImageResult } from './prediction-row.js';
import { openProjectDatabase } from './project-database.js';
import { findCompletedRun, readProjectState } from './project-state.js';
import { failedImage, predictedImages, recipeNamed } from './testing/image-results.js';
import {
  createForeignDatabase,
  createTemporaryData,
  readFileTrace,
} from './testing/temporary-data.js';

const NOON = new Date('2026-01-31T12:00:00.000Z');

describe('readProjectState', () => {
  it('knows nothing of a new project and creates nothing', () => {
    using data = createTemporaryData();
    const { location, runs } = readProjectState(data.dataDir, 'dalia');
    expect(location).toMatchObject({
      main: { owner: 'nobody' },
      staged: false,
      target: data.toPath('dalia.db'),
      targetExists: false,
    });
    expect(runs).toEqual([]);
    expect(data.names()).toEqual([]);
  });

  it('tells that predictions are staged beside a database of the user', () => {
    using data = createTemporaryData();
    createForeignDatabase(data.toPath('dalia.db'), 'CREATE TABLE ai_decisions (group_id TEXT)');
    expect(readProjectState(data.dataDir, 'dalia').location).toMatchObject({
      main: { owner: 'user' },
      staging: { owner: 'nobody' },
      staged: true,
      targetName: 'training/ai_training_decisions/dalia_ai_predictions_temp.db',
      targetExists: false,
    });
  });

  it('finds finished and unfinished runs with their counts and failures, leaving no trace', async () => {
    using data = createTemporaryData();
    const database = await openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' });
    const [first, second] = predictedImages({ groupSizes: [2] });
    const [unfinished] = predictedImages({ groupSizes: [2], run: '20260201T080000Z-aaaa' });
    if (!first || !second || !unfinished) throw new Error('all three are made');
    database.apply([first, failedImage(second), unfinished], NOON);
    const before = readFileTrace(database.path);
    const { runs } = readProjectState(data.dataDir, 'dalia');
    expect(readFileTrace(database.path)).toEqual(before);
    expect(runs).toEqual([
      {
        run: first.run,
        project: first.project,
        recipeId: recipeNamed('first').id,
        counts: {
          embedded: 1,
          cached: 0,
          failed: 1,
          decidedGroups: 1,
          failedGroups: 0,
          invertedCrops: 0,
        },
        startedAt: NOON.toISOString(),
        completedAt: NOON.toISOString(),
        failures: [expect.objectContaining({ image: 'image_000001.png', stage: 'embedder' })],
      },
      expect.objectContaining({ run: '20260201T080000Z-aaaa', completedAt: null }),
    ]);
    database.close();
  });
});

describe('findCompletedRun', () => {
  const FIRST = '20260131T080000Z-aaaa';
  const SECOND = '20260201T080000Z-aaaa';
  const THIRD = '20260202T080000Z-aaaa';

  /** Which run completed the catalogue "first" with the recipe "first", after these images were stored. */
  async function findCompleted(images: readonly ImageResult[]): Promise<string | undefined> {
    using data = createTemporaryData();
    const database = await openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' });
    database.apply(images, NOON);
    database.close();
    const catalogue = predictedImages({ groupSizes: [2] })[0]?.project.catalogue ?? '';
    const { runs } = readProjectState(data.dataDir, 'dalia');
    return findCompletedRun(runs, { catalogue, recipeId: recipeNamed('first').id })?.run;
  }

  it('finds the newest run that completed the catalogue, whatever other recipes did since', async () => {
    const ofFirst = predictedImages({ groupSizes: [2], run: FIRST });
    const ofSecond = predictedImages({ groupSizes: [2], run: SECOND });
    const recipe = recipeNamed('second');
    const others = predictedImages({ groupSizes: [2], run: THIRD, recipe });
    expect(await findCompleted([...ofFirst, ...ofSecond, ...others])).toBe(SECOND);
    expect(await findCompleted(ofFirst.slice(0, 1))).toBeUndefined();
    expect(await findCompleted([...ofFirst, ...ofSecond.slice(0, 1)])).toBeUndefined();
    expect(await findCompleted([...ofFirst, ...others.slice(0, 1)])).toBe(FIRST);
  });

  it('finds none once a later run saw another catalogue, unless that is the one asked for', async () => {
    const ofFirst = predictedImages({ groupSizes: [2], run: FIRST });
    const other = predictedImages({ groupSizes: [2], run: SECOND, catalogue: 'other' });
    const again = predictedImages({ groupSizes: [2], run: THIRD });
    expect(await findCompleted([...ofFirst, ...other])).toBeUndefined();
    expect(await findCompleted([...ofFirst, ...other.slice(0, 1)])).toBeUndefined();
    const failed = other.map((image) => failedImage(image, 'crc-mismatch'));
    expect(await findCompleted([...ofFirst, ...failed])).toBeUndefined();
    const recipe = recipeNamed('second');
    const ofOther = predictedImages({ groupSizes: [2], run: SECOND, catalogue: 'other', recipe });
    expect(await findCompleted([...ofFirst, ...ofOther])).toBeUndefined();
    expect(await findCompleted([...ofFirst, ...other, ...again])).toBe(THIRD);
  });
});
