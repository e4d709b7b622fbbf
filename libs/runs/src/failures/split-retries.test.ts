import { join } from 'node:path';
import { readCatalogue } from '@cullstream/catalog';
import type { ImageFailed, ImagePredicted } from '@cullstream/contracts';
import type { ChosenModels } from '@cullstream/inference';
import { describe, expect, it } from 'vitest';
import {
  failedImage,
  predictedImages,
  recipeNamed,
} from '../../../store/src/testing/image-results.js';
import type { RetryOptions } from '../options.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import type { PoisonedMessage } from './dead-entry.js';
import { listFailedImages } from './list-failed-images.js';
import { splitRetries } from './split-retries.js';

const RUN = '20260131T094500Z-aaaa';
const recipe = recipeNamed('first');
const models = (predictionRecipe = recipe) => ({ predictionRecipe }) as ChosenModels;

const makeSettings = (data: DataFolder) =>
  ({ originals: join(data.path, 'originals'), data: data.path, minGroupSize: 1 }) as RetryOptions;

/** A folder of two images as its source, and a run over it in which the first image failed, or both. */
async function storeFailed(
  data: DataFolder,
  project: string,
  reason: ImageFailed['reason'] = 'image-truncated',
  count = 1,
) {
  for (const name of ['1.png', '2.png']) data.write(`originals/${project}/${name}`, name);
  const { originals: originalsDir } = makeSettings(data);
  const source = { name: project, source: project };
  const options = { originalsDir, dataDir: data.path, minGroupSize: 1 };
  const { totals } = await readCatalogue(source, options);
  const results = predictedImages({ project, run: RUN, recipe, groupSizes: [], ungrouped: 2 })
    .map((image): ImagePredicted => ({ ...image, project: totals }))
    .map((image, index) => (index < count ? failedImage(image, reason) : image));
  await data.store(results);
}

const split = async (data: DataFolder, chosen = models()) =>
  splitRetries(await listFailedImages(data.path), chosen, makeSettings(data));

describe('an image that is tried again', () => {
  it('goes into its run where source and models are still those of the run', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'aurora', 'image-truncated', 2);
    await storeFailed(data, 'meadow');
    const entries = await listFailedImages(data.path);
    expect(entries).toHaveLength(3);
    expect(await split(data)).toEqual({
      inRun: new Map([[RUN, entries]]),
      anew: [],
      problems: [],
    });
  });

  it('goes into a new run where the source has changed since', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'aurora');
    await storeFailed(data, 'meadow');
    data.write('originals/meadow/3.png', 'new');
    const { inRun, anew, problems } = await split(data);
    expect([...inRun.values()].flat()).toMatchObject([{ project: 'aurora' }]);
    expect({ anew, problems }).toEqual({ anew: ['meadow'], problems: [] });
  });

  it('goes into a new run where the models are others', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'aurora');
    const { inRun, anew } = await split(data, models(recipeNamed('second')));
    expect({ runs: inRun.size, anew }).toEqual({ runs: 0, anew: ['aurora'] });
  });

  it('goes into its run with whatever models, where no image of it met any', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'aurora', 'image-truncated', 2);
    const { inRun, anew } = await split(data, models(recipeNamed('second')));
    expect({ runs: [...inRun.keys()], anew }).toEqual({ runs: [RUN], anew: [] });
  });

  it('goes into a new run where its group was too large to be named', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'aurora', 'event-too-large');
    const { inRun, anew } = await split(data);
    expect({ runs: inRun.size, anew }).toEqual({ runs: 0, anew: ['aurora'] });
  });

  it('is named where its source cannot be read, and the others are tried', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'meadow');
    const [failed] = await listFailedImages(data.path);
    if (failed === undefined) throw new Error('one failed');
    const gone = { ...makeSettings(data), originals: join(data.path, 'nowhere') };
    const { inRun, anew, problems } = await splitRetries([failed], models(), gone);
    expect({ runs: inRun.size, anew }).toEqual({ runs: 0, anew: [] });
    expect(problems).toEqual([
      expect.stringMatching(/^meadow: meadow cannot be read: meadow below .*nowhere/),
    ]);
  });

  it('is left alone where its database has no such run any more', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'aurora');
    const entries = await listFailedImages(data.path);
    const others = entries.map((entry) => ({ ...entry, run: 'another' }));
    expect(await splitRetries(others, models(), makeSettings(data))).toEqual({
      inRun: new Map(),
      anew: [],
      problems: [],
    });
  });
});

describe('a message that is tried again', () => {
  const message = (id: string, run: string) => ({ kind: 'message', id, run }) as PoisonedMessage;

  it('goes into its run, beside the images of it', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'aurora');
    const [image] = await listFailedImages(data.path);
    if (image === undefined) throw new Error('one failed');
    const [one, other] = [message('m1', RUN), message('m2', 'r2')];
    const { inRun } = await splitRetries([image, one, other], models(), makeSettings(data));
    expect(inRun).toEqual(
      new Map([
        [RUN, [one, image]],
        ['r2', [other]],
      ]),
    );
  });

  it('is named where it is of no run', async () => {
    using data = createDataFolder();
    expect(await splitRetries([message('m1', '')], models(), makeSettings(data))).toEqual({
      inRun: new Map(),
      anew: [],
      problems: ['m1: belongs to no run; nobody would take it'],
    });
  });
});
