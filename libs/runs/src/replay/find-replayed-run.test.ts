import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { EmbeddingRecipe, PredictionRecipe } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import {
  failedImage,
  predictedImages,
  recipeNamed,
} from '../../../store/src/testing/image-results.js';
import type { ReplayOptions } from '../options.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { findReplayedRun } from './find-replayed-run.js';

const [FIRST, SECOND, THIRD] = [
  '20260131T094500Z-aaaa',
  '20260201T094500Z-bbbb',
  '20260202T094500Z-cccc',
];
const [MONDAY, TUESDAY, WEDNESDAY] = [
  '2026-01-31T12:00:00.000Z',
  '2026-02-01T12:00:00.000Z',
  '2026-02-02T12:00:00.000Z',
];
const WEIGHTS = 'weights';
const sha256 = createHash('sha256').update(WEIGHTS).digest('hex');

/** A recipe by an encoder of its own for every name. */
function recipeBy(name: string, rest: Partial<EmbeddingRecipe> = {}): PredictionRecipe {
  const recipe = recipeNamed(name);
  const id = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return { ...recipe, embedding: { ...recipe.embedding, id, ...rest } };
}
const one = recipeBy('one');
const other = recipeBy('other', {
  model: { file: 'other.pt', sha256 },
  preprocessing: 'fast-2',
  precision: 'int8',
  activation: 'gelu',
});

const store = (
  data: DataFolder,
  project: string,
  run: string,
  [recipe, at]: readonly [PredictionRecipe, string],
) => data.store(predictedImages({ project, run, recipe, groupSizes: [1] }), at);

const find = (data: DataFolder, named: Partial<ReplayOptions> = {}) =>
  findReplayedRun({ data: data.path, cache: join(data.path, 'cache'), ...named } as ReplayOptions);

describe('the run that a replay is about', () => {
  it('is the newest by the encoder that most projects have vectors of', async () => {
    using data = createDataFolder();
    await store(data, 'a', FIRST, [one, MONDAY]);
    await store(data, 'b', SECOND, [one, TUESDAY]);
    await store(data, 'c', THIRD, [other, WEDNESDAY]);
    expect(await find(data)).toEqual({ run: SECOND, recipe: one, leftOut: ['c'] });
  });

  it('is the newest of all where none leaves out fewer', async () => {
    using data = createDataFolder();
    await store(data, 'a', FIRST, [other, MONDAY]);
    await store(data, 'b', FIRST, [other, MONDAY]);
    await store(data, 'a', SECOND, [one, TUESDAY]);
    await store(data, 'b', SECOND, [one, TUESDAY]);
    expect(await find(data)).toEqual({ run: SECOND, recipe: one, leftOut: [] });
  });

  it('counts a project once, however often it was done', async () => {
    using data = createDataFolder();
    for (const [run, at] of [
      [FIRST, MONDAY],
      [SECOND, TUESDAY],
      [THIRD, WEDNESDAY],
    ] as const) {
      await store(data, 'a', run, [other, at]);
    }
    await store(data, 'b', FIRST, [one, MONDAY]);
    await store(data, 'c', FIRST, [one, MONDAY]);
    expect(await find(data)).toEqual({ run: FIRST, recipe: one, leftOut: ['a'] });
  });

  it('is one that is complete and has vectors', async () => {
    using data = createDataFolder();
    const images = predictedImages({ project: 'a', run: FIRST, groupSizes: [2] });
    await data.store(images.slice(1));
    const run = SECOND;
    await data.store(images.map((image) => failedImage({ ...image, run })));
    expect(await find(data)).toBeUndefined();
  });

  it.each([
    [{}, THIRD],
    [{ run: FIRST }, FIRST],
    [{ before: TUESDAY }, FIRST],
    [{ project: ['b'] }, SECOND],
    [{ project: ['c'] }, undefined],
    [{ preprocess: 'fast' }, THIRD],
    [{ preprocess: 'exact' }, SECOND],
    [{ precision: 'int8' }, THIRD],
    [{ precision: 'fp32' }, SECOND],
    [{ activation: 'gelu' }, THIRD],
    [{ activation: 'quick-gelu' }, SECOND],
    [{ activation: 'gelu', precision: 'fp32' }, undefined],
  ] as const)('fits what is named: %o', async (named, run) => {
    using data = createDataFolder();
    await store(data, 'a', FIRST, [one, MONDAY]);
    await store(data, 'b', SECOND, [one, TUESDAY]);
    await store(data, 'a', THIRD, [other, WEDNESDAY]);
    await store(data, 'd', THIRD, [other, WEDNESDAY]);
    const options = 'project' in named ? { project: [...named.project] } : named;
    expect((await find(data, options))?.run).toBe(run);
  });

  it('is by the very weights that are named', async () => {
    using data = createDataFolder();
    await store(data, 'a', FIRST, [other, MONDAY]);
    await store(data, 'a', SECOND, [one, TUESDAY]);
    const embedder = data.write('named.pt', WEIGHTS);
    expect((await find(data, { embedder }))?.run).toBe(FIRST);
    expect(await find(data, { embedder: data.write('third.pt', 'third') })).toBeUndefined();
  });
});
