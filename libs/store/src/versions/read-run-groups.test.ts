import { describe, expect, it } from 'vitest';
import { createProjectDatabase } from '../project-database.js';
import { failedImage, predictedImages } from '../testing/image-results.js';
import { createTemporaryData } from '../testing/temporary-data.js';
import { readImageSources } from './read-image-sources.js';
import { readRecentResults } from './read-recent.js';
import { readRunGroups } from './read-run-groups.js';

const NOON = new Date('2026-01-31T12:00:00.000Z');

async function store() {
  const data = createTemporaryData();
  const events = predictedImages({ groupSizes: [2, 3], ungrouped: 1 });
  const [run = ''] = events.map((event) => event.run);
  // The second image of the first group fails; the last image of the second group has no result yet.
  const results = events.flatMap((event, index) =>
    index === 4 ? [] : [index === 1 ? failedImage(event) : event],
  );
  const options = { dataDir: data.dataDir, project: 'dalia' };
  const created = await createProjectDatabase(options, results, NOON);
  return { data, run, path: `${data.dataDir}/${created?.name ?? ''}` };
}

describe('the groups of a run', () => {
  it('are those of its catalogue, with what it made of each image so far', async () => {
    const { data, run, path } = await store();
    using _ = data;
    const groups = readRunGroups(path, run);
    expect(groups.map(({ groupId }) => groupId)).toEqual(['dalia_group_0', 'dalia_group_1']);
    expect(groups.map(({ hasFailure }) => hasFailure)).toEqual([true, false]);
    expect(groups[0]?.names).toEqual(['image_000000.png', 'image_000001.png']);
    expect(groups[0]?.readImages()).toEqual([
      {
        sequence: 0,
        name: 'image_000000.png',
        widthPx: 640,
        heightPx: 480,
        score: 0,
        failure: null,
      },
      {
        sequence: 1,
        name: 'image_000001.png',
        widthPx: null,
        heightPx: null,
        score: null,
        failure: { reason: 'image-truncated', message: 'image_000001.png ends early' },
      },
    ]);
    const crop = [0.1, 0.2, 0.8, 0.9];
    expect(groups[0]?.decision).toEqual({ selectedIndex: 0, confidence: 1, crop });
    expect(groups[1]?.decision).toBeNull();
    expect(groups[1]?.readImages().map(({ sequence, score }) => [sequence, score])).toEqual([
      [2, 6 / 7],
      [3, 2 / 7],
      [null, null],
    ]);
  });

  it('and the last of them are those that ended last', async () => {
    const { data, run, path } = await store();
    using _ = data;
    expect(readRecentResults(path, run, 5)).toEqual({
      selections: [
        {
          groupId: 'dalia_group_0',
          image: 'image_000000.png',
          sequence: 0,
          widthPx: 640,
          heightPx: 480,
          confidence: 1,
          crop: [0.1, 0.2, 0.8, 0.9],
        },
      ],
      failures: [
        {
          image: 'image_000001.png',
          reason: 'image-truncated',
          message: 'image_000001.png ends early',
        },
      ],
    });
    expect(readImageSources(path, run).get(3)).toMatchObject({
      image: 'image_000003.png',
      source: { kind: 'zip-entry', archive: 'dalia.zip', entryIndex: 3 },
    });
  });
});
