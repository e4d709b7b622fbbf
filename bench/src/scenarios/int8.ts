import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { makeBenchModels, makeQuantizedModel } from '../contenders/bench-models.js';
import { coldRun } from '../contenders/cold-run.js';
import { runChild } from '../contenders/run-child.js';
import { makePictureArchive } from '../corpus/picture-archive.js';
import { checkAlike, checkVectors } from '../measure/compare-vectors.js';
import { ratioOf, spreadOf } from '../measure/statistics.js';
import { steadyRate } from '../measure/steady-rate.js';
import type { Bench, Measurement } from './measurement.js';

/** The graph takes one image at a time, so that no vector depends on its neighbours. */
const batches = [1] as const;

/**
 * Cold runs at int8 against transformers.js with the very same quantised file, at its best batch. The
 * bare loop of the engine says which vectors are right.
 */
export async function int8Runs(bench: Bench): Promise<Measurement[]> {
  const originals = await makePictureArchive(bench.corpus, bench.pictures);
  const models = await makeBenchModels(bench.corpus);
  const { plain, file } = await makeQuantizedModel(bench.corpus);
  const cache = join(bench.corpus, 'cache');
  const options = { originals, cache, workers: availableParallelism(), batch: 8 };
  const expected = await runChild('bare-loop', { ...options, model: file });
  const run: number[] = [];
  const other = new Map<number, number[]>(batches.map((batch) => [batch, []]));
  for (let round = 0; round < bench.rounds; round++) {
    const cold = await coldRun(bench, originals, { ...models, embedder: file });
    checkVectors(cold.vectors, Object.values(expected.vectors));
    run.push(steadyRate(cold.finishedMs));
    for (const batch of batches) {
      const tried = { ...options, model: plain, batch, dtype: 'q8' } as const;
      const result = await runChild('transformers-loop', tried);
      checkAlike(result, expected);
      other.get(batch)?.push(steadyRate(result.finishedMs));
    }
    bench.note(`int8, round ${round + 1}: run ${run.at(-1)?.toFixed(1)} images/s`);
  }
  const best = [...other.values()].reduce((a, b) =>
    spreadOf(b).median > spreadOf(a).median ? b : a,
  );
  return [
    { name: 'cold_int8_images_per_second', unit: 'images/s', spread: spreadOf(run) },
    ...batches.map((batch): Measurement => ({
      name: `transformers_js_int8_batch_${batch}`,
      unit: 'images/s',
      spread: spreadOf(other.get(batch) ?? []),
    })),
    {
      name: 'cold_vs_transformers_js_int8',
      unit: 'ratio',
      spread: ratioOf(run, best),
      target: { least: 1.8 },
    },
  ];
}
