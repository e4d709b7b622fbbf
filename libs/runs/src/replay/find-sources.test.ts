import {
  ConfigurationError,
  type EmbeddingRecipe,
  type ReplayRequest,
} from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import {
  failedImage,
  predictedImages,
  recipeNamed,
} from '../../../store/src/testing/image-results.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { findSources, validateReplayRequest } from './find-sources.js';

const FIRST = '20260131T094500Z-aaaa';
const SECOND = '20260201T094500Z-bbbb';
const THIRD = '20260202T094500Z-cccc';
const MONDAY = '2026-01-31T12:00:00.000Z';
const TUESDAY = '2026-02-01T12:00:00.000Z';
const recipe = recipeNamed('first');
const { embedding } = recipe;
const other: EmbeddingRecipe = { ...embedding, id: 'f'.repeat(16), preprocessing: 'fast-2' };

const makeRequest = (rest: Partial<ReplayRequest> = {}): ReplayRequest => ({
  ...{ from: 'embeddings', projects: null, run: null, after: null, before: null },
  ...rest,
});
const images = (run: string, rest: { project?: string; count?: number; catalogue?: string } = {}) =>
  predictedImages({ ...rest, run, recipe, groupSizes: [], ungrouped: rest.count ?? 2 });

/** `a 2026…`: projects with their runs; the streams hold events of the runs that are given. */
async function find(
  data: DataFolder,
  request: Partial<ReplayRequest> = {},
  { held = [FIRST, SECOND, THIRD], using: vectors = embedding } = {},
) {
  const hasEvents = (run: string) => Promise.resolve(held.includes(run));
  const found = await findSources(data.path, makeRequest(request), vectors, hasEvents);
  return found.map(({ database, run }) => `${database.project} ${run.run}`);
}

describe('what is replayed', () => {
  it('is of each project its newest completed run, smallest project first', async () => {
    using data = createDataFolder();
    await data.store(images(FIRST, { project: 'a', count: 3 }));
    await data.store(images(FIRST, { project: 'b' }));
    await data.store(images(SECOND, { project: 'b' }));
    await data.store(images(THIRD, { project: 'b' }).slice(1));
    await data.store(images(FIRST, { project: 'c' }));
    expect(await find(data)).toEqual([`b ${SECOND}`, `c ${FIRST}`, `a ${FIRST}`]);
  });

  it('is of the same images the newest run that still has events, or else the newest', async () => {
    using data = createDataFolder();
    for (const run of [FIRST, SECOND, THIRD]) await data.store(images(run));
    expect(await find(data, {}, { held: [FIRST, SECOND] })).toEqual([`dalia ${SECOND}`]);
    expect(await find(data, {}, { held: [] })).toEqual([`dalia ${THIRD}`]);
  });

  it('is no earlier run of other images, though that has events', async () => {
    using data = createDataFolder();
    await data.store(images(FIRST));
    await data.store(images(SECOND, { catalogue: 'changed' }));
    expect(await find(data, {}, { held: [FIRST] })).toEqual([`dalia ${SECOND}`]);
  });

  it('is what was asked for: projects, a run, a time', async () => {
    using data = createDataFolder();
    await data.store(images(FIRST, { project: 'a' }), MONDAY);
    await data.store(images(SECOND, { project: 'a' }), TUESDAY);
    await data.store(images(FIRST, { project: 'b' }), MONDAY);
    expect(await find(data, { projects: ['b'] })).toEqual([`b ${FIRST}`]);
    expect(await find(data, { run: FIRST })).toEqual([`a ${FIRST}`, `b ${FIRST}`]);
    expect(await find(data, { before: TUESDAY })).toEqual([`a ${FIRST}`, `b ${FIRST}`]);
    expect(await find(data, { after: MONDAY })).toEqual([`a ${SECOND}`]);
    // A list of runs shows whole seconds, for a run that was completed at a part of one.
    await data.store(images(THIRD, { project: 'c' }), '2026-02-02T12:00:00.345Z');
    const shown = '2026-02-02T12:00:00.000Z';
    expect(await find(data, { after: '2026-02-02T12:00:00.344Z' })).toEqual([`c ${THIRD}`]);
    await expect(find(data, { after: shown })).rejects.toThrow('no completed run fits');
    expect(await find(data, { projects: ['a'], before: shown })).toEqual([`a ${SECOND}`]);
  });

  it('is no vector of another encoder, but images of whatever run', async () => {
    using data = createDataFolder();
    await data.store(images(FIRST));
    expect(await find(data, { from: 'images' }, { using: other })).toEqual([`dalia ${FIRST}`]);
    const finding = find(data, {}, { using: other });
    await expect(finding).rejects.toThrow(ConfigurationError);
    await expect(finding).rejects.toThrow(
      'dalia: its embeddings are of clip.onnx (SHA-256 abababababab, exact-1, fp32), not of ' +
        'clip.onnx (SHA-256 abababababab, fast-2, fp32); ' +
        'give that ‹embedder›, ‹preprocess›, ‹precision› and ‹activation›, or replay ‹from=images›',
    );
  });

  it('is also a run of which every image failed: there is no vector to be another', async () => {
    using data = createDataFolder();
    await data.store(images(FIRST).map((image) => failedImage(image)));
    expect(await find(data, {}, { using: other })).toEqual([`dalia ${FIRST}`]);
  });

  it('is what there is of all projects, and refused where one that is named has none', async () => {
    using data = createDataFolder();
    await data.store(images(FIRST, { project: 'a' }));
    await data.store(images(FIRST, { project: 'b' }).slice(1));
    expect(await find(data)).toEqual([`a ${FIRST}`]);
    const naming = find(data, { projects: ['a', 'b', 'c'] });
    await expect(naming).rejects.toThrow(
      /‹project›: no database of project "c"; there are: a, b.*b: no completed run fits/s,
    );
  });
});

describe('a request that nothing fits', () => {
  const refuse = (data: DataFolder, request: Partial<ReplayRequest> = {}) =>
    validateReplayRequest(data.path, makeRequest(request));

  it('is refused before any model is looked for', async () => {
    using data = createDataFolder();
    await data.store(images(FIRST, { project: 'a' }), MONDAY);
    await expect(refuse(data)).resolves.toBeUndefined();
    await expect(refuse(data, { projects: ['a'] })).resolves.toBeUndefined();
    await expect(refuse(data, { run: SECOND })).rejects.toThrow(ConfigurationError);
    await expect(refuse(data, { run: SECOND })).rejects.toThrow(
      `a: no completed run fits; there are: ${FIRST} (finished 2026-01-31 12:00:00Z)`,
    );
    await expect(refuse(data, { projects: ['a', 'b'] })).rejects.toThrow(
      '‹project›: no database of project "b"; there are: a',
    );
  });

  it('is let by where one of several projects fits', async () => {
    using data = createDataFolder();
    await data.store(images(FIRST, { project: 'a' }));
    await data.store(images(FIRST, { project: 'b' }).slice(1));
    await expect(refuse(data)).resolves.toBeUndefined();
    await expect(refuse(data, { projects: ['b'] })).rejects.toThrow(
      'b: no completed run fits: it has none',
    );
    await expect(refuse(data, { projects: ['b'] })).rejects.not.toThrow('a: no');
  });

  it('is told what to do where nothing has run yet', async () => {
    using data = createDataFolder();
    const sentence = `nothing to replay in ${data.path}; \`cullstream run\` first`;
    await expect(refuse(data)).rejects.toThrow(sentence);
    await expect(refuse(data, { projects: ['a'] })).rejects.toThrow(sentence);
    await expect(find(data)).rejects.toThrow(sentence);
  });

  it.each([
    [10, /"p9"; there are: a$/],
    [11, /"p9"; there are: a\nand 1 more of this kind$/],
    [12, /"p9"; there are: a\nand 2 more of this kind$/],
  ])('names ten of %i reasons', async (count, end) => {
    using data = createDataFolder();
    await data.store(images(FIRST, { project: 'a' }).slice(1));
    const projects = Array.from({ length: count }, (_unused, index) => `p${index}`);
    const refusing = refuse(data, { projects });
    await expect(refusing).rejects.toThrow(end);
    await expect(refusing).rejects.not.toThrow('"p10"');
  });
});
