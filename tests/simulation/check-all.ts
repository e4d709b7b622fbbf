import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describeFailure, type SeedAnswer } from './describe-failure.js';
import { toArguments, type Ingredients } from './ingredients.js';

const TELL_EVERY = 100;
/** Most of what a seed makes is garbage soon: collecting it seldom takes less time. */
const ROOMY = '--max-semi-space-size=64';
/** Seeds that a worker is given ahead. */
const AHEAD = 2;
/**
 * After so many seeds a worker makes room for a new one, so that nothing adds up in it: files that killed
 * processes had opened with synchronous calls stay open.
 */
const SEEDS_A_WORKER = 500;

/** Checks all seeds from the first to the last with several processes. @returns the exit code */
export async function checkAll(
  [first, last]: readonly [first: number, last: number],
  workers: number,
  ingredients: Ingredients,
): Promise<number> {
  const count = Math.min(workers, last - first + 1);
  const startedMs = performance.now();
  let next = first;
  /** Every seed before it is through. */
  let through = first;
  const ahead = new Set<number>();
  let done = 0;
  let faults = 0;
  const failed: number[] = [];
  const take = () => (next > last ? undefined : next++);
  const told = (answer: SeedAnswer) => {
    done += 1;
    faults += answer.faults.length;
    ahead.add(answer.seed);
    while (ahead.delete(through)) through += 1;
    if (answer.problems.length > 0) {
      failed.push(answer.seed);
      console.log(describeFailure(answer, ingredients));
    }
    if (done % TELL_EVERY === 0) console.log(`seeds ${first}-${through - 1}: ${summarize()}`);
  };
  const summarize = () => {
    const seconds = (performance.now() - startedMs) / 1_000;
    const rate = Math.round((done / seconds) * 3_600);
    const bad = failed.length === 0 ? 'none failed' : `failed: ${failed.join(', ')}`;
    return `${done} seeds in ${seconds.toFixed(0)} s (${rate} an hour), ${faults} faults, ${bad}`;
  };
  const runWorkers = async () => {
    while (next <= last) await runWorker(ingredients, take, told);
  };
  await Promise.all(Array.from({ length: count }, runWorkers));
  console.log(summarize());
  return failed.length === 0 ? 0 : 1;
}

/** Runs one process until it has had its share of seeds, or none is left. */
function runWorker(
  ingredients: Ingredients,
  take: () => number | undefined,
  told: (answer: SeedAnswer) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const program = fileURLToPath(new URL('main.js', import.meta.url));
    const args = ['--worker', ...toArguments(ingredients)];
    const worker = fork(program, args, { execArgv: [...process.execArgv, ROOMY] });
    const open: number[] = [];
    let left = SEEDS_A_WORKER;
    const give = () => {
      const seed = left > 0 ? take() : undefined;
      left -= 1;
      if (seed !== undefined) {
        open.push(seed);
        worker.send(seed);
      } else if (open.length === 0) leave(worker);
    };
    worker.on('message', (message: SeedAnswer | 'ready') => {
      if (message === 'ready') {
        for (let ahead = 0; ahead < AHEAD; ahead++) give();
        return;
      }
      open.shift();
      told(message);
      give();
    });
    worker.on('exit', (code) => {
      const [seed] = open;
      if (code === 0) resolve();
      else reject(new Error(`a worker ended with ${code ?? 'a signal'} at seed ${seed ?? 'none'}`));
    });
  });
}

function leave(worker: ChildProcess): void {
  if (worker.connected) worker.disconnect();
}
