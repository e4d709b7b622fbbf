import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DemoModels } from '@cullstream/inference';
import { coldRun, type ColdRun } from '../contenders/cold-run.js';
import type { LoopOptions } from '../contenders/loop.js';
import { runChild, type ChildResult } from '../contenders/run-child.js';
import { installTransformers } from '../contenders/transformers-package.js';
import { makePictureArchive } from '../corpus/picture-archive.js';
import { checkAlike, checkSame, checkVectors } from '../measure/compare-vectors.js';
import { toSpread } from '../measure/statistics.js';
import { steadyRate } from '../measure/steady-rate.js';
import type { Bench, Measurement } from './measurement.js';

/** Images of one inference in the loop that only infers. */
const BATCH = 8;
/** Batch sizes that transformers.js is tried with. */
const BATCHES = [1, 4, 8, 16];
/** How many of them are tried in every round: the fastest ones of the first round. */
const KEPT = 2;

export interface Contenders {
  /** Name in the progress messages. */
  readonly name: string;
  readonly models: DemoModels;
  /** Folder of the model for transformers.js, and which of its files is used. */
  readonly transformers: Required<Pick<LoopOptions, 'model' | 'dtype'>>;
}

/** Images a second, round by round. */
export interface Contest {
  readonly run: readonly number[];
  readonly bare: readonly number[];
  /**
   * transformers.js, by batch size. Those that were slow in the first round have only that round.
   */
  readonly others: ReadonlyMap<number, readonly number[]>;
  /** The batch size with the best median. */
  readonly best: readonly number[];
  /** The largest proportional set size of each contender, in megabytes, round by round. */
  readonly peakMb: Readonly<Record<'run' | 'bare' | 'others', readonly number[]>>;
}

/**
 * Compares, on the same images, a run without cached embeddings, a loop of the same engine without
 * services, which gives the expected vectors, and transformers.js at several batch sizes. The run
 * and the loop change their order every round, so that a machine that becomes slower or faster
 * favours neither.
 * @throws {Error} when the vectors of the contenders do not agree
 */
export async function holdContest(
  bench: Bench,
  { name, models, transformers }: Contenders,
): Promise<Contest> {
  await installTransformers((text) => bench.note(text));
  const originals = await makePictureArchive(bench.corpus, bench.pictures);
  const workers = availableParallelism();
  const options = { originals, workers, batch: BATCH, cache: join(bench.corpus, 'cache') };
  const ownOptions = { ...options, model: models.embedder };
  // Not measured: it also makes the files that are made once for a machine.
  const expected = await runChild('bare-loop', ownOptions);
  const vectors = Object.values(expected.vectors);
  const run: ColdRun[] = [];
  const bare: ChildResult[] = [];
  const others = new Map<number, ChildResult[]>(BATCHES.map((batch) => [batch, []]));
  const turns = [
    async () => {
      const loop = await runChild('bare-loop', ownOptions);
      checkSame('the bare loop', loop, expected);
      bare.push(loop);
    },
    async () => {
      const command = await coldRun(bench, originals, models);
      checkVectors(command.vectors, vectors);
      run.push(command);
    },
  ];
  for (let round = 0; round < bench.rounds; round++) {
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
    for (const [batch, results] of round === 0 ? others : fastest(others, KEPT)) {
      const result = await runChild('transformers-loop', { ...options, ...transformers, batch });
      checkAlike(result, expected);
      results.push(result);
    }
    const [ours = NaN, loops = NaN] = [run, bare].map((all) => toRateList(all).at(-1));
    bench.note(
      `${name}, round ${round + 1}: run ${ours.toFixed(1)}, bare loop ${loops.toFixed(1)} images/s`,
    );
  }
  const [[, best]] = fastest(others, 1);
  return {
    run: toRateList(run),
    bare: toRateList(bare),
    others: new Map([...others].map(([batch, results]) => [batch, toRateList(results)])),
    best: toRateList(best),
    peakMb: {
      run: run.map(({ embedderMb }) => embedderMb),
      bare: bare.map(({ peakMb }) => peakMb),
      others: best.map(({ peakMb }) => peakMb),
    },
  };
}

/** One line of the table for each contender. */
export function toRates(suffix: '' | '_int8', { run, bare, others }: Contest): Measurement[] {
  const rates = [
    [`cold${suffix}_images_per_second`, run],
    [`bare_loop${suffix}_images_per_second`, bare],
    ...[...others].map(([batch, all]) => [`transformers_js${suffix}_batch_${batch}`, all] as const),
  ] as const;
  return rates.map(([name, all]) => ({ name, unit: 'images/s', spread: toSpread(all) }));
}

function toRateList(results: readonly { readonly finishedMs: readonly number[] }[]): number[] {
  return results.map(({ finishedMs }) => steadyRate(finishedMs));
}

type Tried = [batch: number, results: ChildResult[]];

function fastest(others: ReadonlyMap<number, ChildResult[]>, count: number): [Tried, ...Tried[]] {
  const toMedian = (results: ChildResult[]) => toSpread(toRateList(results)).median;
  const most = Math.max(...[...others.values()].map((results) => results.length));
  return [...others]
    .filter(([, results]) => results.length === most)
    .sort(([, a], [, b]) => toMedian(b) - toMedian(a))
    .slice(0, count) as [Tried, ...Tried[]];
}
