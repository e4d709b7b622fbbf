import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  buildClipImageTower,
  createClipEncoder,
  openCheckpoint,
  writeOnnx,
  type ClipEncoder,
} from '@cullstream/inference';
import { seededRandom } from '@cullstream/examples';
import { buildPlainGraph } from '../contenders/plain-graph.js';
import { makeEncoderCheckpoint } from '../corpus/encoder-checkpoint.js';
import { measureLimit } from '../measure/machine-limit.js';
import { toRatio, toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

const BATCH = 8;
const BATCHES_A_ROUND = 8;
const IMAGE_BYTES = 224 * 224 * 3;
/** Share of a vector's length by which the graphs may differ: they add numbers in another order. */
const ALIKE = 1e-4;

/**
 * Compares Cullstream's graph with a plain export of the same weights, both from pixel bytes to
 * vectors on one thread, batch by batch in turn. Processor time is compared, because other
 * processes on the machine affect the elapsed time.
 */
export async function graphs(bench: Bench): Promise<Measurement[]> {
  const { built, plain } = await makeGraphs(bench.corpus);
  const [ours, other] = [
    await createClipEncoder({ modelPath: built }),
    await createClipEncoder({ modelPath: plain }),
  ];
  const random = seededRandom(BATCH);
  const pixels = Uint8Array.from({ length: BATCH * IMAGE_BYTES }, () => random() * 256);
  refuseDifferent(await ours.encode(pixels, BATCH), await other.encode(pixels, BATCH));
  const rates = { ours: [] as number[], other: [] as number[] };
  for (let round = 0; round < bench.rounds; round++) {
    const seconds = { ours: 0, other: 0 };
    for (let batch = 0; batch < BATCHES_A_ROUND; batch++) {
      seconds.ours += await measureSeconds(ours, pixels);
      seconds.other += await measureSeconds(other, pixels);
    }
    rates.ours.push((BATCHES_A_ROUND * BATCH) / seconds.ours);
    rates.other.push((BATCHES_A_ROUND * BATCH) / seconds.other);
    bench.note(
      `graph, round ${round + 1}: ${rates.ours.at(-1)?.toFixed(1)} images/s, ` +
        `plain export ${rates.other.at(-1)?.toFixed(1)}`,
    );
  }
  await Promise.all([ours.release(), other.release()]);
  const { row, toShare } = await measureLimit(bench, 'fp32', 1);
  return [
    row,
    { name: 'graph_images_per_second', unit: 'images/s', spread: toSpread(rates.ours) },
    { name: 'plain_export_images_per_second', unit: 'images/s', spread: toSpread(rates.other) },
    {
      name: 'graph_vs_plain_export',
      unit: 'ratio',
      spread: toRatio(rates.ours, rates.other),
      limitShare: toShare(toSpread(rates.ours).median),
      target: { least: 1 },
    },
  ];
}

async function makeGraphs(corpus: string): Promise<{ built: string; plain: string }> {
  const place = join(corpus, 'graphs');
  const pathsIn = (folder: string) => ({
    built: join(folder, 'built.onnx'),
    plain: join(folder, 'plain.onnx'),
  });
  if (!existsSync(place)) {
    const unfinished = `${place}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    const checkpoint = await openCheckpoint(await makeEncoderCheckpoint(corpus, 'safetensors'));
    const { built, plain } = pathsIn(unfinished);
    await writeOnnx(buildClipImageTower(checkpoint.tensors), built);
    await writeOnnx(buildPlainGraph(checkpoint.tensors), plain);
    await checkpoint.close();
    await rename(unfinished, place);
  }
  return pathsIn(place);
}

async function measureSeconds(encoder: ClipEncoder, pixels: Uint8Array): Promise<number> {
  const before = process.cpuUsage();
  await encoder.encode(pixels, BATCH);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function refuseDifferent(vectors: Float32Array, others: Float32Array): void {
  const difference = Math.hypot(...vectors.map((value, at) => value - (others[at] ?? NaN)));
  const share = difference / Math.hypot(...vectors);
  if (!(share < ALIKE)) throw new Error(`the graphs differ by ${share} of their vectors' length`);
}
