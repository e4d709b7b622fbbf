import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  ConfigurationError,
  type EmbeddingRecipe,
  type Features,
  type PredictionRecipe,
} from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { recallModels, withDefaultModels, type NamedModels } from './recall-models.js';

const RUN = '20260131T094500Z-aaaa';
/** The bytes of an ONNX file with nothing in its graph. */
const EMPTY_GRAPH = ':\0';
const toSha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const raw: Features = { embedding: 'raw', dimensionScale: 2048 };
const l2: Features = { embedding: 'l2', dimensionScale: 10_000 };

/** A recipe of weights that hold their names. */
function makeRecipe(
  embedding: Partial<EmbeddingRecipe> = {},
  [ranker, crop]: readonly [Features, Features] = [l2, l2],
): PredictionRecipe {
  const model = (file: string) => ({ file, sha256: toSha256(file) });
  return {
    id: '0123456789abcdef',
    embedding: {
      id: '0011223344556677',
      model: model('clip.pt'),
      precision: 'int8',
      preprocessing: 'fast-2',
      ...embedding,
    },
    ranker: { ...model('ranker.pt'), features: ranker },
    crop: { ...model('crop.pt'), features: crop },
  };
}

function bring(data: DataFolder, ...names: string[]): void {
  for (const name of names) data.write(`ai_data/models/${name}`, name);
}

const recall = (data: DataFolder, named: Partial<NamedModels> = {}, recipe = makeRecipe()) =>
  recallModels(
    { data: data.path, cache: join(data.path, 'cache'), ...named },
    { run: RUN, recipe },
  );

describe('models of an earlier run', () => {
  it('are taken with all that says how they were used, and named', async () => {
    using data = createDataFolder();
    bring(data, 'clip.pt', 'ranker.pt', 'crop.pt');
    const { settings, notes } = await recall(data);
    expect(settings).toEqual({
      data: data.path,
      cache: join(data.path, 'cache'),
      embedder: join(data.path, 'ai_data/models/clip.pt'),
      ranker: join(data.path, 'ai_data/models/ranker.pt'),
      crop: join(data.path, 'ai_data/models/crop.pt'),
      features: 'legacy-batch',
      preprocess: 'fast',
      precision: 'int8',
      activation: 'quick-gelu',
    });
    expect(notes).toEqual([
      'image encoder clip.pt, ranker ranker.pt, crop proposer crop.pt: ' +
        `as in run ${RUN}, because nothing else is named`,
    ]);
  });

  it('are taken by their bytes, whatever they are called by now', async () => {
    using data = createDataFolder();
    bring(data, 'ranker.pt', 'crop.pt');
    data.write('ai_data/models/renamed.pt', 'clip.pt');
    const { settings } = await recall(data);
    expect(settings.embedder).toBe(join(data.path, 'ai_data/models/renamed.pt'));
  });

  it('give way to everything that is named', async () => {
    using data = createDataFolder();
    bring(data, 'clip.pt', 'crop.pt');
    const named = { ranker: 'mine.pt', precision: 'fp32', features: 'as-trained' } as const;
    const { settings, notes } = await recall(data, {
      ...{ ...named, preprocess: 'exact', activation: 'gelu', embedder: undefined },
    });
    expect(settings).toMatchObject({ ...named, preprocess: 'exact', activation: 'gelu' });
    expect(settings.embedder).toBe(join(data.path, 'ai_data/models/clip.pt'));
    expect(notes).toEqual([
      `image encoder clip.pt, crop proposer crop.pt: as in run ${RUN}, because nothing else is named`,
    ]);
  });

  it('say how the same encoder was used, also where it is named', async () => {
    using data = createDataFolder();
    const embedder = data.write('clip.pt', 'clip.pt');
    const named = { embedder, ranker: 'r.pt', crop: 'c.pt' };
    const recipe = makeRecipe({ activation: 'gelu' });
    const { settings, notes } = await recall(data, named, recipe);
    const used = { precision: 'int8', preprocess: 'fast', activation: 'gelu' };
    expect(settings).toMatchObject({ ...named, ...used, features: 'as-trained' });
    expect(notes).toEqual([]);
  });

  it('have their precision for auto, which is said, and leave it open for another encoder', async () => {
    using data = createDataFolder();
    bring(data, 'clip.pt', 'ranker.pt', 'crop.pt');
    const { settings, notes } = await recall(data, { precision: 'auto' });
    expect(settings).toMatchObject({ precision: 'int8' });
    expect(notes.at(-1)).toMatch(/^precision int8: as in run /);
    const embedder = data.write('other.pt', 'other');
    const another = await recall(data, { precision: 'auto', embedder });
    expect(another.settings).toMatchObject({ precision: 'auto' });
  });

  it('say nothing of how another encoder is used, or one that cannot be read', async () => {
    using data = createDataFolder();
    bring(data, 'ranker.pt', 'crop.pt');
    for (const embedder of [data.write('other.pt', 'other'), join(data.path, 'gone.pt')]) {
      const { settings } = await recall(data, { embedder });
      const usual = { precision: 'fp32', preprocess: 'exact', features: 'legacy-batch' };
      expect(settings).toMatchObject({ embedder, ...usual });
      expect(settings).not.toHaveProperty('activation');
    }
  });

  it('say nothing of the activation of a graph, which has its own', async () => {
    using data = createDataFolder();
    bring(data, 'ranker.pt', 'crop.pt');
    data.write('ai_data/models/clip.ONNX', EMPTY_GRAPH);
    const model = { file: 'clip.ONNX', sha256: toSha256(EMPTY_GRAPH) };
    const embedder = join(data.path, 'ai_data/models/clip.ONNX');
    const { settings } = await recall(data, { embedder }, makeRecipe({ model }));
    expect(settings).toMatchObject({ precision: 'int8' });
    expect(settings).not.toHaveProperty('activation');
  });

  it('are used with the usual pixels where theirs are made no more', async () => {
    using data = createDataFolder();
    bring(data, 'clip.pt', 'ranker.pt', 'crop.pt');
    const { settings } = await recall(data, {}, makeRecipe({ preprocessing: 'fast-1' }));
    expect(settings.preprocess).toBe('exact');
  });

  it.each([
    [[l2, raw], {}, 'legacy-batch'],
    [[raw, l2], {}, 'as-trained'],
    [[l2, raw], { ranker: 'mine.pt' }, 'as-trained'],
    [[raw, l2], { ranker: 'mine.pt' }, 'legacy-batch'],
    // What a sidecar says has no name.
    [[{ ...l2, dimensionScale: 512 }, l2], {}, 'legacy-batch'],
    [
      [
        { ...l2, embedding: 'raw' },
        { ...raw, embedding: 'l2' },
      ],
      {},
      'as-trained',
    ],
  ] as const)('have the features of what is taken: %o with %o', async (features, named, name) => {
    using data = createDataFolder();
    bring(data, 'clip.pt', 'ranker.pt', 'crop.pt');
    const recipe = makeRecipe({}, features);
    expect((await recall(data, named, recipe)).settings.features).toBe(name);
  });

  it('are refused where files are gone, all at once and by their digests', async () => {
    using data = createDataFolder();
    bring(data, 'ranker.pt');
    const recalling = recall(data);
    await expect(recalling).rejects.toThrow(ConfigurationError);
    const crop = toSha256('crop.pt').slice(0, 12);
    await expect(recalling).rejects.toThrow(
      `run ${RUN} was made with the crop proposer crop.pt (SHA-256 ${crop}), which is ` +
        `neither in ${data.path}/ai_data/models nor where it was before: name it with ‹crop›, ` +
        'or bring it back with `cullstream models import`',
    );
    await expect(recalling).rejects.toThrow('the image encoder clip.pt');
    await expect(recalling).rejects.not.toThrow('ranker.pt');
  });
});

describe('models that are taken from nowhere', () => {
  it('are used as usual, and as it is said', () => {
    const place = { data: 'd', cache: 'c' };
    const usual = { features: 'as-trained', preprocess: 'exact', precision: 'fp32' };
    expect(withDefaultModels(place)).toEqual({ ...place, ...usual });
    const named = { features: 'legacy-batch', preprocess: 'fast', precision: 'int8' } as const;
    expect(withDefaultModels({ ...place, ...named })).toEqual({ ...place, ...named });
  });
});
