import { fileURLToPath } from 'node:url';
import { listDevices, prepareModel, sha256OfFile } from '@cullstream/inference';
import { join } from 'node:path';
import type { BatchShapesResult } from '../contenders/batch-shapes.js';
import { runScript } from '../contenders/run-script.js';
import { toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

const tower = fileURLToPath(new URL('../../../fixtures/clip/openai_style_jit.pt', import.meta.url));
const FULL = 16;
const ways = { few_shapes: [1, 4, FULL], one_shape: [FULL] } as const;
const BATCHES = [FULL, FULL, 1, 1, 2, 3, 4, 4, 5, 9];

/**
 * Processor time of batches on each device but the processor, with a tiny image encoder: with a few
 * batch shapes, and with the full one alone. One process each, batches in the given order.
 */
export async function batchShapes(bench: Bench): Promise<Measurement[]> {
  const cacheDir = join(bench.corpus, 'cache', 'models');
  const sha256 = await sha256OfFile(tower);
  const model = await prepareModel({ kind: 'image-encoder', path: tower, sha256, cacheDir });
  const measured: Measurement[] = [];
  for (const { device, problem } of await listDevices()) {
    if (device === 'cpu') continue;
    if (problem !== undefined) {
      bench.note(`${device}: ${problem}`);
      continue;
    }
    for (const [way, shapes] of Object.entries(ways)) {
      const rounds: (readonly number[])[] = [];
      for (let round = 0; round < bench.rounds; round++) {
        const options = { model, device, shapes, batches: BATCHES };
        rounds.push((await runScript<BatchShapesResult>('batch-shapes', options)).seconds);
        bench.note(`shapes, round ${round + 1}: ${device}, ${way}`);
      }
      measured.push(
        ...BATCHES.map((images, at): Measurement => {
          const spread = toSpread(rounds.map((seconds) => seconds[at] ?? NaN));
          return { name: `${device}_${way}_batch_${at + 1}_of_${images}`, unit: 's', spread };
        }),
      );
    }
  }
  return measured;
}
