import { makeBenchModels, makeQuantizedModels } from '../contenders/bench-models.js';
import { measureLimit } from '../measure/machine-limit.js';
import { toRatio, toSpread } from '../measure/statistics.js';
import { holdContest, toRates } from './contest.js';
import type { Bench, Measurement } from './measurement.js';

/**
 * Runs without cached embeddings at int8. transformers.js has the same int8 weights in a graph that
 * quantises a batch as a whole, which is faster than image by image.
 */
export async function int8Runs(bench: Bench): Promise<Measurement[]> {
  const { embedder, plain } = await makeQuantizedModels(bench.corpus);
  const models = { ...(await makeBenchModels(bench.corpus)), embedder };
  const transformers = { model: plain, dtype: 'q8' } as const;
  const contest = await holdContest(bench, { name: 'int8', models, transformers });
  const { run, bare, best } = contest;
  const { row, toShare } = await measureLimit(bench, 'int8');
  const limitShare = toShare(toSpread(run).median);
  return [
    row,
    ...toRates('_int8', contest),
    { name: 'cold_vs_bare_loop_int8', unit: 'ratio', spread: toRatio(run, bare), limitShare },
    {
      name: 'cold_vs_transformers_js_int8',
      unit: 'ratio',
      spread: toRatio(run, best),
      limitShare,
      target: { least: 1.8 },
    },
  ];
}
