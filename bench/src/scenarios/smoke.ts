import { cpSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { writeDemoModels } from '@cullstream/inference';
import { coldRun } from '../contenders/cold-run.js';
import { predictAndWrite } from '../contenders/predict-and-write.js';
import { runChild } from '../contenders/run-child.js';
import { makeCachedCatalogue } from '../corpus/cached-catalogue.js';
import { makePictureArchive } from '../corpus/picture-archive.js';
import { checkVectors } from '../measure/compare-vectors.js';
import { toRatio } from '../measure/statistics.js';
import { steadyRate } from '../measure/steady-rate.js';
import type { Bench, Measurement } from './measurement.js';
import { checkTotals, warmCommand } from './warm.js';

const PICTURES = 112;
const SCALE = 0.25;
const CACHED = 600;
const IN_PROCESS = 2_000;
const MOST_ROUNDS = 3;
/**
 * A run below these ratios is too slow: a quarter of what was measured on a busy machine, or less.
 */
const guards = { cold_vs_bare_loop: 0.2, warm_vs_in_process: 0.003 } as const;
type Guarded = keyof typeof guards;

/**
 * With small models and pictures: compares a run without cached embeddings with a loop of its
 * engine, and a run with cached embeddings, from start to end, with a loop that only predicts and
 * writes. Where the first round is below a guard, the median of up to three rounds decides.
 */
export async function smoke(bench: Bench): Promise<Measurement[]> {
  const originals = await makePictureArchive(bench.corpus, PICTURES, { scale: SCALE });
  const models = await writeDemoModels(join(bench.corpus, 'small-models'));
  const cached = await makeCachedCatalogue(bench.corpus, CACHED, 3);
  const cache = join(bench.corpus, 'cache');
  const loop = { originals, cache, model: models.embedder, workers: availableParallelism() };
  const [run, bare]: [number[], number[]] = [[], []];
  const [warm, inProcess]: [number[], number[]] = [[], []];
  const measured = (): Record<Guarded, readonly [number[], number[]]> => ({
    cold_vs_bare_loop: [run, bare],
    warm_vs_in_process: [warm, inProcess],
  });
  for (let round = 0; round < MOST_ROUNDS && !isDecided(measured()); round++) {
    const expected = await runChild('bare-loop', { ...loop, batch: 8 });
    bare.push(steadyRate(expected.finishedMs));
    const cold = await coldRun(bench, originals, models);
    checkVectors(cold.vectors, Object.values(expected.vectors));
    run.push(steadyRate(cold.finishedMs));

    const work = { scratch: bench.scratch, cache, images: IN_PROCESS };
    inProcess.push(await predictAndWrite(models, work));
    const data = join(bench.scratch, 'warm');
    rmSync(data, { recursive: true, force: true });
    cpSync(cached.data, data, { recursive: true });
    const command = await warmCommand('run', cached, data);
    checkTotals('the warm run', command, CACHED);
    warm.push(CACHED / command.seconds);
    const rates = [bare, run, inProcess, warm].map((each) => each.at(-1)?.toFixed(0));
    bench.note(
      `smoke, round ${round + 1}: bare, cold, in process, warm: ${rates.join(', ')} images/s`,
    );
  }
  return Object.entries(measured()).map(([name, [ours, theirs]]) => ({
    name,
    unit: 'ratio',
    spread: toRatio(ours, theirs),
    guard: guards[name as Guarded],
    target: { least: guards[name as Guarded] },
  }));
}

/**
 * A good round proves that the rate is possible. A bad one may be caused by the machine, two are
 * not.
 */
function isDecided(measured: Readonly<Record<Guarded, readonly [number[], number[]]>>): boolean {
  return Object.entries(measured).every(([name, [ours, theirs]]) => {
    const guard = guards[name as Guarded];
    const isAbove = ours.map((rate, round) => rate / (theirs[round] ?? NaN) >= guard);
    return isAbove[0] === true || isAbove.length - isAbove.filter(Boolean).length >= 2;
  });
}
