import { coldRun } from '../contenders/cold-run.js';
import { makeBenchModels } from '../contenders/bench-models.js';
import { toBase64 } from '../contenders/loop.js';
import { makePictureArchive } from '../corpus/picture-archive.js';
import { checkVectors } from '../measure/compare-vectors.js';
import { measureLimit } from '../measure/machine-limit.js';
import { toRatio, toSpread } from '../measure/statistics.js';
import { steadyRate } from '../measure/steady-rate.js';
import type { Bench, Measurement } from './measurement.js';

const single = ['--workers', '1', '--threads', '1'];
/**
 * Reading and decoding are done beside inference: with a separate core for them, one embedder would
 * use most of what two embedders have. So each embedder gets one core for everything, as a
 * container with a limit of one core.
 */
const oneCore = { pinned: 'embedder' };

/**
 * Compares whole runs with one and with two embedders, each on one core with one single-threaded
 * worker.
 */
export async function scaling(bench: Bench): Promise<Measurement[]> {
  const originals = await makePictureArchive(bench.corpus, bench.pictures);
  const models = await makeBenchModels(bench.corpus);
  const [one, two]: [number[], number[]] = [[], []];
  for (let round = 0; round < bench.rounds; round++) {
    const alone = await coldRun(bench, originals, models, [...single, '--embedders', '1'], oneCore);
    const both = await coldRun(bench, originals, models, [...single, '--embedders', '2'], oneCore);
    checkVectors(both.vectors, alone.vectors.map(toBase64));
    one.push(steadyRate(alone.finishedMs));
    two.push(steadyRate(both.finishedMs));
    bench.note(
      `scaling, round ${round + 1}: one embedder ${one.at(-1)?.toFixed(1)}, two ${two.at(-1)?.toFixed(1)} images/s`,
    );
  }
  const { row, toShare } = await measureLimit(bench, 'fp32');
  return [
    row,
    { name: 'one_embedder_images_per_second', unit: 'images/s', spread: toSpread(one) },
    { name: 'two_embedders_images_per_second', unit: 'images/s', spread: toSpread(two) },
    {
      name: 'two_embedders_vs_one',
      unit: 'ratio',
      spread: toRatio(two, one),
      limitShare: toShare(toSpread(two).median),
      target: { least: 1.8 },
    },
  ];
}
