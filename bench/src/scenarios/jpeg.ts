import type { JpegPoolResult } from '../contenders/jpeg-pool.js';
import type { JpegRowsResult } from '../contenders/jpeg-rows.js';
import { runScript } from '../contenders/run-script.js';
import { toRatio, toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

const JPEGS = 48;
const POOLS = [1, 4] as const;

/**
 * What is known of JPEGs beside their cost by size: how long a part takes of the time of the whole,
 * and what the number of threads in libuv's pool does.
 */
export async function jpegs(bench: Bench): Promise<Measurement[]> {
  return [
    ...(await neededRows(bench, 'jpeg', false)),
    ...(await neededRows(bench, 'progressive_jpeg', true)),
    ...(await pools(bench)),
  ];
}

async function neededRows(
  bench: Bench,
  name: string,
  progressive: boolean,
): Promise<Measurement[]> {
  const all: JpegRowsResult[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    all.push(await runScript<JpegRowsResult>('jpeg-rows', { progressive }));
    bench.note(`jpeg, round ${round + 1}: needed rows of a ${name}`);
  }
  const [needed, whole] = [all.map((each) => each.neededMs), all.map((each) => each.wholeMs)];
  return [
    { name: `${name}_needed_rows`, unit: 'ms', spread: toSpread(needed) },
    { name: `${name}_whole`, unit: 'ms', spread: toSpread(whole) },
    { name: `${name}_needed_rows_vs_whole`, unit: 'ratio', spread: toRatio(needed, whole) },
  ];
}

async function pools(bench: Bench): Promise<Measurement[]> {
  const rates = new Map<number, number[]>(POOLS.map((threads) => [threads, []]));
  for (let round = 0; round < bench.rounds; round++) {
    for (const threads of round % 2 === 0 ? POOLS : POOLS.toReversed()) {
      const pool = { UV_THREADPOOL_SIZE: String(threads) };
      const { imagesPerSecond } = await runScript<JpegPoolResult>(
        'jpeg-pool',
        { jpegs: JPEGS },
        pool,
      );
      rates.get(threads)?.push(imagesPerSecond);
    }
    bench.note(`jpeg, round ${round + 1}: libuv's pool`);
  }
  const [one = [], four = []] = POOLS.map((threads) => rates.get(threads));
  return [
    { name: 'jpegs_with_a_pool_of_1', unit: 'images/s', spread: toSpread(one) },
    { name: 'jpegs_with_a_pool_of_4', unit: 'images/s', spread: toSpread(four) },
    { name: 'pool_of_4_vs_1', unit: 'ratio', spread: toRatio(four, one) },
  ];
}
