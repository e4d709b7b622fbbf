import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { makeBenchModels, makeQuantizedModels } from '../contenders/bench-models.js';
import { coldRun } from '../contenders/cold-run.js';
import { runChild } from '../contenders/run-child.js';
import { makePictureArchive } from '../corpus/picture-archive.js';
import { checkAlike, checkSame, checkVectors } from '../measure/compare-vectors.js';
import { ratioOf, spreadOf } from '../measure/statistics.js';
import { steadyRate } from '../measure/steady-rate.js';
import type { Bench, Measurement } from './measurement.js';

const BATCH = 8;
const batches = [1, 4, 8, 16] as const;

/**
 * Cold runs at int8 against the bare loop of the engine, which says which vectors are right, and against
 * transformers.js with the same int8 weights at its best batch. Its graph quantises a batch as a whole, which
 * is faster than image by image.
 */
export async function int8Runs(bench: Bench): Promise<Measurement[]> {
  const originals = await makePictureArchive(bench.corpus, bench.pictures);
  const models = await makeBenchModels(bench.corpus);
  const { embedder, plain } = await makeQuantizedModels(bench.corpus);
  const cache = join(bench.corpus, 'cache');
  const options = { originals, cache, workers: availableParallelism(), batch: BATCH };
  const expected = await runChild('bare-loop', { ...options, model: embedder });
  const run: number[] = [];
  const bare: number[] = [];
  const other = new Map<number, number[]>(batches.map((batch) => [batch, []]));
  for (let round = 0; round < bench.rounds; round++) {
    const loop = await runChild('bare-loop', { ...options, model: embedder });
    checkSame('the bare loop', loop, expected);
    bare.push(steadyRate(loop.finishedMs));
    const cold = await coldRun(bench, originals, { ...models, embedder });
    checkVectors(cold.vectors, Object.values(expected.vectors));
    run.push(steadyRate(cold.finishedMs));
    for (const batch of batches) {
      const tried = { ...options, model: plain, batch, dtype: 'q8' } as const;
      const result = await runChild('transformers-loop', tried);
      checkAlike(result, expected);
      other.get(batch)?.push(steadyRate(result.finishedMs));
    }
    bench.note(
      `int8, round ${round + 1}: run ${run.at(-1)?.toFixed(1)}, bare loop ${bare.at(-1)?.toFixed(1)} images/s`,
    );
  }
  const best = [...other.values()].reduce((a, b) =>
    spreadOf(b).median > spreadOf(a).median ? b : a,
  );
  return [
    { name: 'cold_int8_images_per_second', unit: 'images/s', spread: spreadOf(run) },
    { name: 'bare_loop_int8_images_per_second', unit: 'images/s', spread: spreadOf(bare) },
    ...batches.map((batch): Measurement => ({
      name: `transformers_js_int8_batch_${batch}`,
      unit: 'images/s',
      spread: spreadOf(other.get(batch) ?? []),
    })),
    { name: 'cold_vs_bare_loop_int8', unit: 'ratio', spread: ratioOf(run, bare) },
    {
      name: 'cold_vs_transformers_js_int8',
      unit: 'ratio',
      spread: ratioOf(run, best),
      target: { least: 1.8 },
    },
  ];
}
