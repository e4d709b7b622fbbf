import { describe, expect, it } from 'vitest';
import { openProjectDatabase } from './project-database.js';
import { readProjectState } from './project-state.js';
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
