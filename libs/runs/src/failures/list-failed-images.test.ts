import { describe, expect, it } from 'vitest';
import { failedImage, predictedImages } from '../../../store/src/testing/image-results.js';
import { createDataFolder } from '../testing/data-folder.js';
import { listFailedImages } from './list-failed-images.js';

const FIRST = '20260131T094500Z-aaaa';
const SECOND = '20260201T094500Z-bbbb';
const THIRD = '20260202T094500Z-cccc';
const SUNDAY = '2026-01-30T12:00:00.000Z';
const MONDAY = '2026-01-31T12:00:00.000Z';
const TUESDAY = '2026-02-01T12:00:00.000Z';
const WEDNESDAY = '2026-02-02T12:00:00.000Z';

/** Results of a run over three images, of which some fail. */
const results = (run: string, failed: readonly number[], project = 'dalia') =>
  predictedImages({ project, run, groupSizes: [2], ungrouped: 1 }).map((image) =>
    failed.includes(image.sequence) ? failedImage(image) : image,
  );

describe('images that failed', () => {
  it('are those of the newest run that is complete, with all that is known of them', async () => {
    using data = createDataFolder();
    await data.store(results(FIRST, [1]).slice(0, 2), SUNDAY);
    const database = await data.store(results(FIRST, [1]).slice(2), MONDAY);
    const [failed, ...others] = await listFailedImages(data.path);
    expect(others).toEqual([]);
    expect(failed).toMatchObject({
      kind: 'image',
      id: expect.stringMatching(/^i[0-9a-f]{12}$/),
      database,
      project: 'dalia',
      run: FIRST,
      sequence: 1,
      source: { kind: 'zip-entry', entryIndex: 1 },
      groupId: 'dalia_group_0',
      archive: 'dalia.zip',
      entry: 'image_000001.png',
      stage: 'embedder',
      reason: 'image-truncated',
      message: 'image_000001.png ends early',
      attempts: 1,
      firstAt: SUNDAY,
      lastAt: MONDAY,
    });
  });

  it('say in how many runs they failed and since when, under the same id', async () => {
    using data = createDataFolder();
    await data.store(results(FIRST, [1]), MONDAY);
    const [before] = await listFailedImages(data.path);
    await data.store(results(SECOND, [1, 2]), TUESDAY);
    expect(await listFailedImages(data.path)).toMatchObject([
      { entry: 'image_000001.png', id: before?.id, run: SECOND, attempts: 2, lastAt: TUESDAY },
      { entry: 'image_000002.png', run: SECOND, attempts: 1, lastAt: TUESDAY },
    ]);
    const since = (await listFailedImages(data.path)).map(({ firstAt }) => firstAt);
    expect(since).toEqual([MONDAY, TUESDAY]);
  });

  it('are none any more once a later run read them', async () => {
    using data = createDataFolder();
    await data.store(results(FIRST, [1]), MONDAY);
    await data.store(results(SECOND, []), TUESDAY);
    expect(await listFailedImages(data.path)).toEqual([]);
  });

  it('are not those of a run that is not complete, where an earlier one is', async () => {
    using data = createDataFolder();
    await data.store(results(FIRST, [1]), MONDAY);
    await data.store(results(SECOND, []), TUESDAY);
    await data.store(results(THIRD, [0]).slice(0, 1), WEDNESDAY);
    expect(await listFailedImages(data.path)).toEqual([]);
  });

  it('are those of the newest run where none is complete, seen when it began', async () => {
    using data = createDataFolder();
    await data.store(results(FIRST, [0]).slice(0, 1), MONDAY);
    await data.store(results(SECOND, [0]).slice(0, 1), TUESDAY);
    expect(await listFailedImages(data.path)).toMatchObject([
      { run: SECOND, attempts: 2, firstAt: MONDAY, lastAt: TUESDAY },
    ]);
  });

  it('of a folder are named by it, and those of two projects by project', async () => {
    using data = createDataFolder();
    const inFolder = results(FIRST, [1]).map((result) => ({
      ...result,
      source: { kind: 'file' as const, path: `dalia/${result.image}`, size: 1, modifiedMs: 2 },
      project: { ...result.project, source: 'dalia' },
    }));
    await data.store(inFolder);
    await data.store(results(FIRST, [1], 'aurora'));
    const failed = await listFailedImages(data.path);
    expect(failed).toMatchObject([
      { project: 'aurora', archive: 'aurora.zip' },
      { project: 'dalia', archive: 'dalia' },
    ]);
    expect(failed[0]?.id).not.toBe(failed[1]?.id);
  });

  it('are none where there is no database', async () => {
    using data = createDataFolder();
    expect(await listFailedImages(data.path)).toEqual([]);
  });
});
