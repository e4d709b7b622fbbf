import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openProjectDatabase } from '@cullstream/store';
import { predictedEvent, RUN_OF_EVENTS } from '../corpus/predicted-event.js';
import { chooseEventRecipe } from '../corpus/choose-event-recipe.js';
import { toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

const BATCH = 500;
const IMAGES = 40_000;

/** The writer's own code, synced to disk once for each batch, without a broker or events. */
export async function writing(bench: Bench): Promise<Measurement[]> {
  const predictionRecipe = await chooseEventRecipe(bench.corpus);
  const events = Array.from({ length: IMAGES }, (_unused, sequence) =>
    predictedEvent(sequence, IMAGES, predictionRecipe),
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
    const done = database.progress(RUN_OF_EVENTS)?.completedAt;
    database.close();
    if (done === null || done === undefined) throw new Error('the database is not complete');
  }
  return [
    {
      name: 'write_images_per_second',
      unit: 'images/s',
      spread: toSpread(rates),
      target: { least: 10_000 },
    },
  ];
}
