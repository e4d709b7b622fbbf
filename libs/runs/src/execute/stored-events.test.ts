import { expect, it } from 'vitest';
import { failedImage, predictedImages } from '../../../store/src/testing/image-results.js';
import { createDataFolder } from '../testing/data-folder.js';
import { toStoredEvents } from './stored-events.js';

it('makes the events of chosen images anew, as their run found them', async () => {
  using data = createDataFolder();
  const [first, second, third] = predictedImages({ groupSizes: [2], ungrouped: 1 });
  if (!first || !second || !third) throw new Error('three are made');
  const { path } = await data.store([failedImage(first), second, third]);
  const events = toStoredEvents(path, first.run, first.project, new Set([0, 2]));
  const found = [first, third].map(({ v, run, project, sequence, image, source, group }) => ({
    ...{ v, run, project, sequence, image, source, group },
    ...{ type: 'image.found', legacyEmbedding: null },
  }));
  expect([...events]).toEqual(found);
});
