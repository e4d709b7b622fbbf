import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_VERSION, type ImagePredicted, type PredictionRecipe } from '@cullstream/contracts';
import { chooseModels } from '@cullstream/inference';
import { openProjectDatabase } from '@cullstream/store';
import { imageNameAt } from '../corpus/image-names.js';
import { makeCachedCatalogue } from '../corpus/cached-catalogue.js';
import { spreadOf } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

const BATCH = 500;
const IMAGES = 40_000;
const GROUP = 4;
const RUN = '20260101T000000Z-bnch';

/** The writer's own code path, synced to disk once a batch, without broker and events. */
export async function writing(bench: Bench): Promise<Measurement[]> {
  const { models, data } = await makeCachedCatalogue(bench.corpus, 400, 1);
  const { predictionRecipe } = await chooseModels({
    ...models,
    dataDir: data,
    cacheDir: join(bench.corpus, 'cache'),
    features: 'as-trained',
    preprocess: 'exact',
    precision: 'fp32',
  });
  const events = Array.from({ length: IMAGES }, (_unused, sequence) =>
    predicted(sequence, predictionRecipe),
  );
  const rates: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const dataDir = join(bench.scratch, 'write');
    rmSync(dataDir, { recursive: true, force: true });
    const database = await openProjectDatabase({ dataDir, project: 'written' });
    const startedMs = performance.now();
    for (let first = 0; first < events.length; first += BATCH) {
      database.apply(events.slice(first, first + BATCH), new Date());
    }
    rates.push((IMAGES * 1_000) / (performance.now() - startedMs));
    const done = database.progress(RUN)?.completedAt;
    database.close();
    if (done === null || done === undefined) throw new Error('the database is not complete');
  }
  return [
    {
      name: 'write_images_per_second',
      unit: 'images/s',
      spread: spreadOf(rates),
      target: { least: 10_000 },
    },
  ];
}

function predicted(sequence: number, recipe: PredictionRecipe): ImagePredicted {
  const first = sequence - (sequence % GROUP);
  const images = Array.from({ length: GROUP }, (_unused, index) => imageNameAt(first + index));
  return {
    v: EVENT_VERSION,
    type: 'image.predicted',
    run: RUN,
    project: {
      name: 'written',
      source: 'written.zip',
      catalogue: '0123456789abcdef',
      images: IMAGES,
      groups: IMAGES / GROUP,
      ungrouped: 0,
    },
    sequence,
    image: imageNameAt(sequence),
    source: {
      kind: 'zip-entry',
      archive: 'written.zip',
      entryIndex: sequence,
      localHeaderOffset: sequence * 100,
      method: 0,
      encrypted: false,
      compressedSize: 50,
      size: 50,
      crc32: sequence,
    },
    group: {
      id: `written_group_${first}`,
      position: sequence % GROUP,
      images,
      present: GROUP,
      origin: 'new',
      directory: 'written.zip',
    },
    contentSha256: sequence.toString(16).padStart(64, '0'),
    widthPx: 1_024,
    heightPx: 1_024,
    embeddingRecipe: recipe.embedding.id,
    origin: 'cached',
    score: Math.sin(sequence),
    crop: [0.1, 0.1, 0.9, 0.9],
    recipe,
  };
}
