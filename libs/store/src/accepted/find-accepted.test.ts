import { describe, expect, it } from 'vitest';
import type { ImageResult } from '../prediction-row.js';
import { openProjectDatabase } from '../project-database.js';
import { readFailures } from '../stored-failures.js';
import { failedImage, predictedImages, recipeNamed } from '../testing/image-results.js';
import { createTemporaryData } from '../testing/temporary-data.js';
import { Acceptances } from './acceptance.js';
import { findAccepted } from './find-accepted.js';
import { identifyImage } from './identify-failure.js';

const images = predictedImages({ groupSizes: [2, 2] });
const [first, , third, fourth] = images;
if (!first || !third || !fourth) throw new Error('four are made');
const { run, project } = first;
const recipe = recipeNamed('first');
const working = { run, recipe, projects: [{ project, cached: 0, warnings: [] }], skipped: [] };

async function store(dataDir: string, results: readonly ImageResult[]): Promise<string> {
  const database = await openProjectDatabase({ dataDir, project: 'dalia' });
  database.apply(results, new Date('2026-01-31T12:00:00.000Z'));
  database.close();
  return database.path;
}

function accept(path: string, ...names: string[]): Acceptances {
  const failures = [...readFailures(path)].filter(({ image }) => names.includes(image));
  const note = { at: '2026-02-01T00:00:00.000Z', why: null };
  return new Acceptances(failures.map((each) => ({ ...identifyImage('dalia', each), ...note })));
}

describe('what was accepted of a run', () => {
  it('covers a group that failed once all its failed images are', async () => {
    using data = createTemporaryData();
    const failed = images.map((image) => (image.sequence < 2 ? image : failedImage(image)));
    const path = await store(data.dataDir, failed);
    const one = findAccepted(data.dataDir, working, accept(path, third.image));
    expect(one.projects.get('dalia')).toMatchObject({ images: 1, groups: 0 });
    const both = findAccepted(data.dataDir, working, accept(path, third.image, fourth.image));
    expect(both.projects.get('dalia')).toMatchObject({ images: 2, groups: 1 });
    expect([...(both.projects.get('dalia')?.byImage.keys() ?? [])]).toEqual([
      third.image,
      fourth.image,
    ]);
  });

  it('is looked for in the run that completed a skipped project', async () => {
    using data = createTemporaryData();
    const path = await store(data.dataDir, [...images.slice(0, 3), failedImage(fourth)]);
    const counts = {
      embedded: 3,
      cached: 0,
      failed: 1,
      decidedGroups: 2,
      failedGroups: 0,
      invertedCrops: 0,
    };
    const skipped = [{ project, counts, database: 'dalia.db', failures: [] }];
    const later = { run: '20270101T000000Z-zzzz', recipe, projects: [], skipped };
    const found = findAccepted(data.dataDir, later, accept(path, fourth.image));
    expect(found.projects.get('dalia')).toMatchObject({ images: 1 });
  });

  it('is nothing of a project that the run did not get to', async () => {
    using data = createTemporaryData();
    const path = await store(data.dataDir, [...images.slice(0, 3), failedImage(fourth)]);
    const later = { ...working, run: '20270101T000000Z-zzzz' };
    expect(findAccepted(data.dataDir, later, accept(path, fourth.image)).projects.size).toBe(0);
  });
});
