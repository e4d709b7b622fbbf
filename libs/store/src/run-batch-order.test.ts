import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ImageResult } from './prediction-row.js';
import { openProjectDatabase } from './project-database.js';
import { applyAll, TABLES } from './testing/apply-all.js';
import { failedImage, predictedImages } from './testing/image-results.js';
import { createTemporaryData, dumpTables } from './testing/temporary-data.js';

it('gives the same rows for any order, repetition and split of the results', async () => {
  const expected = predictedImages({ groupSizes: [3, 1, 4], ungrouped: 2 });
  const results: ImageResult[] = expected.flatMap((event, index): ImageResult[] => {
    if (index % 4 === 0) return [failedImage(event), failedImage(event, 'crc-mismatch')];
    if (index % 4 === 1) return [event, failedImage(event), { ...event, origin: 'cached' }];
    return [event];
  });
  const reference = createTemporaryData();
  const { path } = await applyAll(reference.dataDir, results);
  const rows = dumpTables(path, TABLES);
  reference[Symbol.dispose]();
  const order = fc.shuffledSubarray(
    results.flatMap((_, index) => [index, index]),
    { minLength: results.length * 2 },
  );
  await fc.assert(
    fc.asyncProperty(order, fc.integer({ min: 1, max: 9 }), async (indexes, size) => {
      using data = createTemporaryData();
      const events = indexes.flatMap((index) => results[index] ?? []);
      const batches = Array.from({ length: Math.ceil(events.length / size) }, (_, batch) =>
        events.slice(batch * size, (batch + 1) * size),
      );
      const applied = await applyAll(data.dataDir, ...batches);
      expect(dumpTables(applied.path, TABLES)).toEqual(rows);
    }),
    { numRuns: 15 },
  );
});

it('begins when the first service began with the project, however late its results come', async () => {
  using data = createTemporaryData();
  const [first, second, third] = predictedImages({ groupSizes: [3] });
  if (first === undefined || second === undefined || third === undefined) throw new Error('three');
  const { last } = await applyAll(
    data.dataDir,
    [{ ...second, projectStartedAt: '2026-01-31T11:59:50.000Z' }],
    [{ ...first, projectStartedAt: '2026-01-31T11:59:40.000Z' }],
    [{ ...third, projectStartedAt: '2026-01-31T11:59:55.000Z' }],
  );
  const reopened = await openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' });
  const stored = reopened.progress(first.run)?.startedAt;
  reopened.close();
  expect([last?.runs[0]?.startedAt, stored]).toEqual(
    Array.from({ length: 2 }, () => '2026-01-31T11:59:40.000Z'),
  );
});
