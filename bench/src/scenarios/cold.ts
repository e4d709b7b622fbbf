import { makeBenchModels } from '../contenders/bench-models.js';
import { measureLimit } from '../measure/machine-limit.js';
import { toRatio, toSpread } from '../measure/statistics.js';
import { holdContest, toRates } from './contest.js';
import type { Bench, Measurement } from './measurement.js';

/** Runs without cached embeddings at fp32: every contender uses the same ONNX file. */
export async function coldRuns(bench: Bench): Promise<Measurement[]> {
  const models = await makeBenchModels(bench.corpus);
  const transformers = { model: models.plain, dtype: 'fp32' } as const;
  const contest = await holdContest(bench, { name: 'cold', models, transformers });
  const { run, bare, best, peakMb } = contest;
  const { row, toShare } = await measureLimit(bench, 'fp32');
  const shares = { run: toShare(toSpread(run).median), bare: toShare(toSpread(bare).median) };
  return [
    row,
    ...toRates('', contest),
    {
      name: 'cold_vs_bare_loop',
      unit: 'ratio',
      spread: toRatio(run, bare),
      limitShare: shares.run,
      target: { least: 0.92 },
    },
    {
      name: 'bare_loop_vs_transformers_js',
      unit: 'ratio',
      spread: toRatio(bare, best),
      limitShare: shares.bare,
      target: { least: 1.6 },
    },
    {
      name: 'cold_vs_transformers_js',
      unit: 'ratio',
      spread: toRatio(run, best),
      limitShare: shares.run,
      target: { least: 1.5 },
    },
    {
      name: 'embedder_peak_pss',
      unit: 'MB',
      spread: toSpread(peakMb.run),
      target: { most: 1_200 },
    },
    { name: 'bare_loop_peak_pss', unit: 'MB', spread: toSpread(peakMb.bare) },
    { name: 'transformers_js_peak_pss', unit: 'MB', spread: toSpread(peakMb.others) },
  ];
}
