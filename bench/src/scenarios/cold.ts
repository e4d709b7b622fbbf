import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { makePictureArchive } from '../corpus/picture-archive.js';
import { makeBenchModels } from '../contenders/bench-models.js';
import { coldRun } from '../contenders/cold-run.js';
import { runChild } from '../contenders/run-child.js';
import { checkAlike, checkSame, checkVectors } from '../measure/compare-vectors.js';
import { ratioOf, spreadOf } from '../measure/statistics.js';
import { steadyRate } from '../measure/steady-rate.js';
import type { Bench, Measurement } from './measurement.js';

const BATCH = 8;

/**
 * A run in which nothing is cached, against a bare loop of the same engine, and both against
 * transformers.js with the same ONNX file on the same images, at its best batch.
 */
export async function coldRuns(bench: Bench): Promise<Measurement[]> {
  const originals = await makePictureArchive(bench.corpus, bench.pictures);
  const models = await makeBenchModels(bench.corpus);
  const workers = availableParallelism();
  const options = {
    originals,
    workers,
    batch: BATCH,
    model: models.embedder,
    cache: join(bench.corpus, 'cache'),
  };
  const plain = { ...options, model: models.plain };
  const batches = [1, 4, 8, 16];
  const first = await Promise.all([runChild('bare-loop', options)]);
  const run: number[] = [];
  const bare: number[] = [];
  const peaks: number[] = [];
  const other = new Map<number, number[]>(batches.map((batch) => [batch, []]));
  for (let round = 0; round < bench.rounds; round++) {
    const loop = await runChild('bare-loop', options);
    checkSame('the bare loop', loop, first[0]);
    bare.push(steadyRate(loop.finishedMs));
    const command = await coldRun(bench, originals, models);
    run.push(steadyRate(command.finishedMs));
    peaks.push(command.embedderMb);
    checkVectors(command.vectors, Object.values(first[0].vectors));
    for (const batch of batches) {
      const result = await runChild('transformers-loop', { ...plain, batch });
      checkAlike(result, loop);
      other.get(batch)?.push(steadyRate(result.finishedMs));
    }
    bench.note(
      `cold, round ${round + 1}: run ${run.at(-1)?.toFixed(1)}, bare loop ${bare.at(-1)?.toFixed(1)} images/s`,
    );
  }
  const best = [...other.values()].reduce((a, b) =>
    spreadOf(b).median > spreadOf(a).median ? b : a,
  );
  return [
    { name: 'cold_images_per_second', unit: 'images/s', spread: spreadOf(run) },
    { name: 'bare_loop_images_per_second', unit: 'images/s', spread: spreadOf(bare) },
    ...batches.map((batch): Measurement => ({
      name: `transformers_js_batch_${batch}`,
      unit: 'images/s',
      spread: spreadOf(other.get(batch) ?? []),
    })),
    {
      name: 'cold_vs_bare_loop',
      unit: 'ratio',
      spread: ratioOf(run, bare),
      target: { least: 0.92 },
    },
    {
      name: 'bare_loop_vs_transformers_js',
      unit: 'ratio',
      spread: ratioOf(bare, best),
      target: { least: 1.6 },
    },
    {
      name: 'cold_vs_transformers_js',
      unit: 'ratio',
      spread: ratioOf(run, best),
      target: { least: 1.5 },
    },
    { name: 'embedder_peak_pss', unit: 'MB', spread: spreadOf(peaks), target: { most: 1_200 } },
  ];
}
