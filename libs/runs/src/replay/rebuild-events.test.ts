import { openEmbeddingCache, toImageAlias } from '@cullstream/cache';
import type { ImagePredicted } from '@cullstream/contracts';
import { createLogger } from '@cullstream/runtime';
import { readImages } from '@cullstream/store';
import { describe, expect, it } from 'vitest';
import {
  failedImage,
  predictedImages,
  recipeNamed,
} from '../../../store/src/testing/image-results.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import type { FedEvent, FeedTarget } from './feed-target.js';
import { rebuildEvents, type RebuildSource } from './rebuild-events.js';

const RUN = '20260202T094500Z-cccc';
const recipe = recipeNamed('first').embedding;
const log = createLogger('test', 'silent');
const images = predictedImages({ groupSizes: [2], ungrouped: 1 });
const [first, second, third] = images as [ImagePredicted, ImagePredicted, ImagePredicted];
const vector = Float32Array.from({ length: 512 }, (_unused, index) => index);
const common = ({ v, project, sequence, image, source, group }: ImagePredicted) => ({
  ...{ v, run: RUN, project, sequence, image, source, group },
});
const neverAsked = () => {
  throw new Error('the cache is not asked');
};

async function fillCache(data: DataFolder, ...kept: ImagePredicted[]) {
  const cache = await openEmbeddingCache({ dataDir: data.path, recipe, log });
  for (const { project, image, source, contentSha256: sha256, run } of kept) {
    const alias = toImageAlias(project.name, image, source);
    const size = { widthPx: 640, heightPx: 480 };
    await cache.store({ alias, sha256, ...size, vector, run, origin: 'computed' });
  }
  return cache;
}

/** Feeds the images of a project as its database has them. */
async function feed(
  results: readonly Parameters<DataFolder['store']>[0][number][],
  options: Partial<FeedTarget> & { stage?: RebuildSource['from']; kept?: ImagePredicted[] } = {},
) {
  using data = createDataFolder();
  const { path } = await data.store(results);
  const cache = options.kept && (await fillCache(data, ...options.kept));
  const sent: FedEvent[] = [];
  const target: FeedTarget = {
    ...{ run: RUN, project: first.project, embeddingRecipe: recipe.id },
    ...{ fed: new Set(), signal: new AbortController().signal },
    send: (event) => Promise.resolve(void sent.push(event)),
    ...options,
  };
  const openCache = cache === undefined ? neverAsked : () => Promise.resolve(cache);
  const source = { from: options.stage ?? 'embeddings', openCache } as const;
  const outcome = await rebuildEvents(readImages(path, first.run), source, target);
  return { ...outcome, sent };
}

describe('events that a stream does not hold any more', () => {
  it('are made of the database where images are fed, without the cache', async () => {
    expect(await feed([first, failedImage(second), third], { stage: 'images' })).toEqual({
      rebuilt: 3,
      lost: 0,
      sent: [first, second, third].map((image) => ({
        ...common(image),
        type: 'image.found',
        legacyEmbedding: null,
      })),
    });
  });

  it('are made of database and cache where vectors are fed', async () => {
    const legacy = { ...second, origin: 'legacy' as const };
    const { sent, ...counts } = await feed([first, legacy], { kept: [first, second] });
    const { contentSha256, widthPx, heightPx, embeddingRecipe } = first;
    expect(counts).toEqual({ rebuilt: 2, lost: 0 });
    expect(sent).toEqual([
      {
        ...common(first),
        ...{ type: 'image.embedded', contentSha256, widthPx, heightPx, embeddingRecipe },
        ...{ origin: 'cached', vector },
      },
      expect.objectContaining({ sequence: 1, origin: 'legacy', vector }),
    ]);
  });

  it('are failures where the embedder had given an image up, and the cache is not asked', async () => {
    const { sent, ...counts } = await feed([failedImage(first)]);
    expect(counts).toEqual({ rebuilt: 1, lost: 0 });
    expect(sent).toEqual([
      {
        ...common(first),
        ...{ type: 'image.failed', stage: 'embedder', reason: 'image-truncated' },
        message: 'image_000000.png ends early',
      },
    ]);
  });

  it('are found in the cache by the image where the predictor had failed', async () => {
    const failed = { ...failedImage(first), stage: 'predictor' as const };
    const { sent, ...counts } = await feed([failed], {
      kept: [first],
      embeddingRecipe: 'f'.repeat(16),
    });
    expect(counts).toEqual({ rebuilt: 1, lost: 0 });
    expect(sent).toEqual([
      {
        ...common(first),
        ...{ type: 'image.embedded', contentSha256: first.contentSha256 },
        ...{ widthPx: 640, heightPx: 480, embeddingRecipe: 'f'.repeat(16) },
        ...{ origin: 'cached', vector },
      },
    ]);
  });

  it('are failures that say what to do where no vector is left', async () => {
    const failed = { ...failedImage(second), stage: 'predictor' as const };
    const { sent, ...counts } = await feed([first, failed, third], { kept: [third] });
    expect(counts).toEqual({ rebuilt: 1, lost: 2 });
    expect(sent).toMatchObject([
      {
        ...common(first),
        ...{ type: 'image.failed', stage: 'embedder', reason: 'file-missing' },
        message: expect.stringContaining('`cullstream replay` from images makes it anew'),
      },
      { sequence: 1, type: 'image.failed', reason: 'file-missing' },
      { sequence: 2, type: 'image.embedded' },
    ]);
  });

  it('leave out what is fed already, and stop with the replay', async () => {
    const { sent } = await feed(images, { stage: 'images', fed: new Set([0, 2]) });
    expect(sent.map(({ sequence }) => sequence)).toEqual([1]);
    const aborted = await feed(images, { stage: 'images', signal: AbortSignal.abort() });
    expect(aborted).toEqual({ rebuilt: 0, lost: 0, sent: [] });
  });
});
