import { describe, expect, it } from 'vitest';
import {
  failedImage,
  predictedImages,
  recipeNamed,
} from '../../../store/src/testing/image-results.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import type { PoisonedMessage } from './dead-entry.js';
import { groupByRecipe } from './group-by-recipe.js';
import { listFailedImages } from './list-failed-images.js';

const RUN = '20260131T094500Z-aaaa';
const LATER = '20260201T094500Z-bbbb';
const [older, newer] = [recipeNamed('older'), recipeNamed('newer')];

const makeMessage = (run: string) => ({ kind: 'message', id: `m${run}`, run }) as PoisonedMessage;
const unknown = () => Promise.resolve(undefined);

/** A project of two images, the first of which failed, or both. */
function storeFailed(data: DataFolder, project: string, run: string, recipe = older, count = 1) {
  const images = predictedImages({ project, run, recipe, groupSizes: [], ungrouped: 2 });
  return data.store(images.map((image, index) => (index < count ? failedImage(image) : image)));
}

describe('what is tried again with the same models', () => {
  it('is all of the same recipe, of whatever run', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'a', RUN, older);
    await storeFailed(data, 'b', LATER, newer);
    await storeFailed(data, 'c', LATER.replace('b', 'c'), older);
    const [a, b, c] = await listFailedImages(data.path);
    expect(await groupByRecipe(await listFailedImages(data.path), unknown)).toEqual([
      { recalled: { run: RUN, recipe: older }, entries: [a, c] },
      { recalled: { run: LATER, recipe: newer }, entries: [b] },
    ]);
  });

  it('goes by the other projects of a run where one has failed whole', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'a', RUN, older, 2);
    await storeFailed(data, 'b', RUN, older);
    const entries = await listFailedImages(data.path);
    expect(entries.map(({ project }) => project)).toEqual(['a', 'a', 'b']);
    expect(await groupByRecipe(entries, unknown)).toEqual([
      { recalled: { run: RUN, recipe: older }, entries },
    ]);
  });

  it('goes by the record of the run where no database tells', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'a', RUN, older, 2);
    const entries = [...(await listFailedImages(data.path)), makeMessage(RUN), makeMessage(LATER)];
    const asked: string[] = [];
    const recorded = (run: string) => {
      asked.push(run);
      return Promise.resolve(run === RUN ? newer : undefined);
    };
    expect(await groupByRecipe(entries, recorded)).toEqual([
      { recalled: { run: RUN, recipe: newer }, entries: entries.slice(0, 3) },
      { recalled: undefined, entries: entries.slice(3) },
    ]);
    expect(asked).toEqual([RUN, LATER]);
  });

  it('goes by the database alone where it tells, and asks for no run without a name', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'a', RUN, older);
    const refuse = () => Promise.reject(new Error('not asked'));
    const [image] = await listFailedImages(data.path);
    if (image === undefined) throw new Error('one failed');
    const nameless = makeMessage('');
    expect(await groupByRecipe([image, nameless, makeMessage(RUN)], refuse)).toEqual([
      { recalled: { run: RUN, recipe: older }, entries: [image, makeMessage(RUN)] },
      { recalled: undefined, entries: [nameless] },
    ]);
  });
});
