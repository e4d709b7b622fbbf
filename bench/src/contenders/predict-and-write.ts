import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { EMBEDDING_LENGTH } from '@cullstream/contracts';
import { chooseModels, createPredictor, type DemoModels } from '@cullstream/inference';
import { openProjectDatabase } from '@cullstream/store';
import { seededRandom } from '@cullstream/examples';
import { predictedEvent } from '../corpus/predicted-event.js';

const PREDICTED_TOGETHER = 256;
const WRITTEN_TOGETHER = 500;
const SIZE_PX = 1_024;

/**
 * The minimum work of a replay: both models on vectors in memory, and writing to one database, in
 * one process, without a broker or events.
 * @param images a multiple of four
 * @returns images a second
 */
export async function predictAndWrite(
  models: DemoModels,
  { scratch, cache, images }: { scratch: string; cache: string; images: number },
): Promise<number> {
  const dataDir = join(scratch, 'in-process');
  rmSync(dataDir, { recursive: true, force: true });
  const { predictionRecipe, paths } = await chooseModels({
    ...models,
    dataDir,
    cacheDir: cache,
    features: 'as-trained',
    preprocess: 'exact',
    precision: 'fp32',
  });
  const { ranker, crop } = predictionRecipe;
  const predictor = await createPredictor({
    ranker: { path: paths.rankerOnnx, features: ranker.features },
    crop: { path: paths.cropOnnx, features: crop.features },
  });
  const random = seededRandom(images);
  const vector = () => Float32Array.from({ length: EMBEDDING_LENGTH }, () => random() - 0.5);
  const vectors = Array.from({ length: PREDICTED_TOGETHER }, vector);
  const database = await openProjectDatabase({ dataDir, project: 'written' });
  const startedMs = performance.now();
  let waiting: ReturnType<typeof predictedEvent>[] = [];
  for (let first = 0; first < images; first += PREDICTED_TOGETHER) {
    const together = vectors
      .slice(0, images - first)
      .map((embedding) => ({ vector: embedding, widthPx: SIZE_PX, heightPx: SIZE_PX }));
    const predictions = await predictor.predict(together);
    waiting.push(
      ...predictions.map((prediction, index) => ({
        ...predictedEvent(first + index, images, predictionRecipe),
        ...prediction,
      })),
    );
    while (waiting.length >= WRITTEN_TOGETHER) {
      database.apply(waiting.slice(0, WRITTEN_TOGETHER), new Date());
      waiting = waiting.slice(WRITTEN_TOGETHER);
    }
  }
  if (waiting.length > 0) database.apply(waiting, new Date());
  const rate = (images * 1_000) / (performance.now() - startedMs);
  database.close();
  await predictor.release();
  return rate;
}
