import { describe, expect, it } from 'vitest';
import { TransientError, type ImagePredicted } from '@cullstream/contracts';
import type { ImageResult } from './prediction-row.js';
import { openProjectDatabase } from './project-database.js';
import type { AiDecisionRow } from './schema.js';
import { applyAll, NOON, TABLES } from './testing/apply-all.js';
import { failedImage, predictedImages, recipeNamed } from './testing/image-results.js';
import { createTemporaryData, dumpTables } from './testing/temporary-data.js';
import { Sqlite } from './sqlite.js';

function decisionsIn(path: string): AiDecisionRow[] {
  const sqlite = new Sqlite(path, { readonly: true });
  const rows = sqlite.prepare<[], AiDecisionRow>('SELECT * FROM ai_decisions ORDER BY rowid').all();
  sqlite.close();
  return rows;
}

describe('apply', () => {
  it('decides a group with the last of its images', async () => {
    using data = createTemporaryData();
    const events = predictedImages({ groupSizes: [3] });
    const { path, results } = await applyAll(data.dataDir, events.slice(0, 2), events.slice(2));
    expect(results.map(({ runs }) => runs[0]?.counts.decidedGroups)).toEqual([0, 1]);
    expect(decisionsIn(path)).toEqual([
      {
        group_id: 'dalia_group_0',
        timestamp: '2026-01-31T09:45:00Z',
        project_id: 'dalia',
        directory: 'dalia.zip',
        batch_number: 1,
        images: '["image_000000.png","image_000001.png","image_000002.png"]',
        ai_selected_index: 2,
        ai_crop_coords: '[0.1,0.2,0.8,0.9]',
        ai_confidence: expect.closeTo(0.48174, 5) as number,
        user_selected_index: null,
        user_action: null,
        final_crop_coords: null,
        crop_timestamp: null,
        image_width: 640,
        image_height: 480,
        selection_match: null,
        crop_match: null,
        ai_crop_accepted: null,
        prediction_recipe: recipeNamed('first').id,
      },
    ]);
  });

  it('tells where the run stands and completes it once', async () => {
    using data = createTemporaryData();
    const events = predictedImages({ groupSizes: [2, 2], ungrouped: 1 });
    const mixed: ImageResult[] = events.map((event, index) =>
      index < 2 ? failedImage(event) : { ...event, origin: index === 2 ? 'legacy' : 'computed' },
    );
    const { results } = await applyAll(data.dataDir, mixed, mixed);
    expect(results.map(({ runs }) => runs[0])).toEqual([
      expect.objectContaining({ newlyCompleted: true }),
      expect.objectContaining({
        newlyCompleted: false,
        completedAt: NOON.toISOString(),
        counts: {
          embedded: 2,
          cached: 1,
          failed: 2,
          decidedGroups: 1,
          failedGroups: 1,
          invertedCrops: 0,
        },
        failures: [
          expect.objectContaining({ image: 'image_000000.png', reason: 'image-truncated' }),
          expect.objectContaining({ image: 'image_000001.png', reason: 'image-truncated' }),
        ],
      }),
    ]);
  });

  it('gives a group without a readable image no row', async () => {
    using data = createTemporaryData();
    const { path } = await applyAll(
      data.dataDir,
      predictedImages({ groupSizes: [2] }).map((event) => failedImage(event)),
    );
    expect(decisionsIn(path)).toEqual([]);
  });

  it.each([
    'DELETE FROM ai_decisions',
    'DELETE FROM group_decisions',
    'DELETE FROM images WHERE sequence = 1',
    'DELETE FROM predictions WHERE sequence IN (1, 3)',
    'DELETE FROM predictions; DELETE FROM images; DELETE FROM groups; DELETE FROM group_decisions',
  ])('brings back what was lost, and its counts, when it is repeated: %s', async (loss) => {
    using data = createTemporaryData();
    const events = predictedImages({ groupSizes: [2, 3], ungrouped: 1 });
    const { path } = await applyAll(data.dataDir, events);
    const before = dumpTables(path, TABLES);
    const sqlite = new Sqlite(path);
    sqlite.exec(loss);
    sqlite.close();
    await applyAll(data.dataDir, events.slice(0, 2), events.slice(2));
    expect(dumpTables(path, TABLES)).toEqual(before);
  });

  it('leaves the box out and counts it where it is inverted', async () => {
    using data = createTemporaryData();
    const events = predictedImages({ groupSizes: [1] }).map((event): ImagePredicted => ({
      ...event,
      crop: [0.9, 0.1, 0.2, 0.8],
    }));
    const { path, last } = await applyAll(data.dataDir, events);
    expect(last?.runs[0]?.counts.invertedCrops).toBe(1);
    expect(decisionsIn(path)).toMatchObject([{ ai_selected_index: 0, ai_crop_coords: null }]);
  });

  it('decides a group whose other images the source does not hold', async () => {
    using data = createTemporaryData();
    const [first] = predictedImages({ groupSizes: [3] }).slice(1);
    if (first?.group == null) throw new Error('the image is in a group');
    const alone = { ...first, group: { ...first.group, present: 1 } };
    const { path } = await applyAll(data.dataDir, [alone]);
    expect(decisionsIn(path)).toMatchObject([{ ai_selected_index: 1, ai_confidence: 1 }]);
  });

  it('lets a success take the place of a failure, and decides the group again', async () => {
    using data = createTemporaryData();
    const events = predictedImages({ groupSizes: [2] });
    const failing = events.map((event) => failedImage(event));
    const { path, last } = await applyAll(data.dataDir, failing, events);
    expect(last?.runs[0]?.counts).toMatchObject({ failed: 0, decidedGroups: 1, failedGroups: 0 });
    expect(decisionsIn(path)).toHaveLength(1);
  });

  it('keeps the rows of another recipe beside and the decision as it was made', async () => {
    using data = createTemporaryData();
    const first = predictedImages({ groupSizes: [2] });
    const second = predictedImages({
      groupSizes: [2],
      run: '20260201T080000Z-aaaa',
      recipe: recipeNamed('second'),
    }).map((event): ImagePredicted => ({ ...event, score: -event.score }));
    const { path } = await applyAll(data.dataDir, first, second);
    expect(decisionsIn(path)).toMatchObject([
      { ai_selected_index: 1, prediction_recipe: recipeNamed('first').id },
    ]);
    const { group_decisions: decisions } = dumpTables(path, ['group_decisions']);
    expect(decisions).toHaveLength(2);
  });

  it('updates a decision of the same recipe when its group has grown', async () => {
    using data = createTemporaryData();
    const first = predictedImages({ groupSizes: [2] });
    const grown = predictedImages({
      groupSizes: [3],
      run: '20260201T080000Z-aaaa',
      catalogue: 'second',
    });
    const { path } = await applyAll(data.dataDir, first, grown);
    expect(decisionsIn(path)).toMatchObject([
      { ai_selected_index: 2, timestamp: '2026-02-01T08:00:00Z' },
    ]);
  });

  it('leaves a decision the user has worked on, though its group has grown', async () => {
    using data = createTemporaryData();
    const { path } = await applyAll(data.dataDir, predictedImages({ groupSizes: [2] }));
    const sqlite = new Sqlite(path);
    sqlite.exec(`UPDATE ai_decisions SET user_action = 'approve', user_selected_index = 0`);
    sqlite.close();
    const before = decisionsIn(path);
    const run = '20260201T080000Z-aaaa';
    await applyAll(data.dataDir, predictedImages({ groupSizes: [3], run, catalogue: 'second' }));
    expect(decisionsIn(path)).toEqual(before);
  });

  it('rejects results of another catalogue or recipe than their run and stores the others', async () => {
    using data = createTemporaryData();
    const [first, ...others] = predictedImages({ groupSizes: [4] });
    const [changed] = predictedImages({ groupSizes: [4], catalogue: 'second' }).slice(1);
    const [remodelled] = predictedImages({ groupSizes: [4], recipe: recipeNamed('second') }).slice(
      2,
    );
    if (!first || !changed || !remodelled) throw new Error('all three are made');
    const { last } = await applyAll(data.dataDir, [first, changed, remodelled, ...others]);
    expect(last?.rejected.map(({ event }) => event)).toEqual([changed, remodelled]);
    expect(last?.runs[0]).toMatchObject({ newlyCompleted: true, counts: { embedded: 4 } });
  });

  it('stores nothing and calls it passing while another program holds the lock', async () => {
    using data = createTemporaryData();
    const database = await openProjectDatabase({
      dataDir: data.dataDir,
      project: 'dalia',
      busyTimeoutMs: 20,
    });
    const other = new Sqlite(database.path);
    other.exec('BEGIN IMMEDIATE');
    const events = predictedImages({ groupSizes: [2] });
    expect(() => database.apply(events, NOON)).toThrow(TransientError);
    other.exec('ROLLBACK');
    other.close();
    expect(database.apply(events, NOON).runs[0]?.newlyCompleted).toBe(true);
    database.close();
  });
});
