import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describeFailure, type SeedAnswer } from './work.js';

const TELL_EVERY = 100;
/** Most of what a seed makes is garbage soon: collecting it seldom takes less time. */
const ROOMY = '--max-semi-space-size=64';
/** Seeds that a worker is given ahead. */
const AHEAD = 2;

/** Checks a range of seeds with several processes. @returns the exit code */
export async function checkAll(range: string, workers: string | undefined): Promise<number> {
  const { first, last } = toRange(range);
  const count = Math.min(Number(workers ?? availableParallelism()), last - first + 1);
  const startedMs = performance.now();
  let next = first;
  let done = 0;
  let faults = 0;
  const failed: number[] = [];
  const take = () => (next > last ? undefined : next++);
  const told = (answer: SeedAnswer) => {
    done += 1;
    faults += answer.faults.length;
    if (answer.problems.length > 0) {
      failed.push(answer.seed);
      console.log(describeFailure(answer));
    }
    if (done % TELL_EVERY === 0) console.log(summarize());
  };
  const summarize = () => {
    const seconds = (performance.now() - startedMs) / 1_000;
    const rate = Math.round((done / seconds) * 3_600);
    const bad = failed.length === 0 ? 'none failed' : `failed: ${failed.join(', ')}`;
    return `${done} seeds in ${seconds.toFixed(0)} s (${rate} an hour), ${faults} faults, ${bad}`;
  };
  await Promise.all(Array.from({ length: count }, () => runWorker(take, told)));
  console.log(summarize());
  return failed.length === 0 ? 0 : 1;
}

function runWorker(
  take: () => number | undefined,
  told: (answer: SeedAnswer) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const program = fileURLToPath(new URL('main.js', import.meta.url));
    const worker = fork(program, ['--worker'], { execArgv: [...process.execArgv, ROOMY] });
    let open = 0;
    const give = () => {
      const seed = take();
      if (seed !== undefined) {
        open += 1;
        worker.send(seed);
      } else if (open === 0) leave(worker);
    };
    worker.on('message', (message: SeedAnswer | 'ready') => {
      if (message === 'ready') {
        for (let ahead = 0; ahead < AHEAD; ahead++) give();
        return;
      }
      open -= 1;
      told(message);
      give();
    });
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a worker ended with ${code ?? 'a signal'}`));
    });
  });
}

function leave(worker: ChildProcess): void {
  if (worker.connected) worker.disconnect();
}

function toRange(text: string): { readonly first: number; readonly last: number } {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (first === undefined) throw new Error(`--seeds: ${text} is no range like 1-1000`);
  return { first: Number(first), last: Number(last) };
}
