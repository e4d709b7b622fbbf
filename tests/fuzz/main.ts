import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { CampaignResult, Finding } from './campaign.js';
import { readCorpus, writeCorpus } from './corpus.js';
import { SharedState } from './shared-state.js';
import { targetNames } from './targets.js';

const help = `Looks for inputs that break a parser, guided by which of its branches they take.

  npm run fuzz -- [--only NAME,…] [--minutes 1] [--seed N] [--keep]

  --only     ${targetNames.join(', ')} (default: all)
  --minutes  for each of them (default: 1)
  --seed     of the changes (default: by the clock)
  --keep     store the inputs that are needed to take every branch in tests/fuzz/corpus

An input that breaks one is stored in reports/fuzz, and the exit code is 1.`;

const HANGS_AFTER_MS = 20_000;
const MAX_HEAP_MB = 512;
const MAX_MORE_BYTES = 2 ** 30;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: targetNames.join() },
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

/** Tries inputs in a thread. One that hangs, or takes all memory, is a finding as well. */
async function runCampaign(name: string, seed: number): Promise<CampaignResult> {
  const state = new SharedState();
  const worker = new Worker(new URL('./fuzz-thread.ts', import.meta.url), {
    workerData: {
      name,
      seed,
      durationMs: Number(values.minutes) * 60_000,
      corpus: readCorpus(name),
      memory: state.memory,
    },
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  const bytesBefore = process.memoryUsage.rss();
  let before = -1;
  let sinceMs = performance.now();
  return new Promise((resolve) => {
    const end = (problem: string) => {
      clearInterval(watch);
      void worker.terminate();
      const findings = [{ input: state.input, problem }];
      resolve({ tried: state.tried, places: 0, corpus: [], findings, slowestMs: 0 });
    };
    const watch = setInterval(() => {
      if (state.tried !== before) [before, sinceMs] = [state.tried, performance.now()];
      else if (performance.now() - sinceMs > HANGS_AFTER_MS && before > 0) end('it hangs');
      if (process.memoryUsage.rss() > bytesBefore + MAX_MORE_BYTES) end('it takes more than 1 GiB');
    }, 500);
    worker.once('error', (error) => end(error.stack ?? error.message));
    worker.once('message', (result: CampaignResult) => {
      clearInterval(watch);
      resolve(result);
    });
  });
}

function store(name: string, { input, problem }: Finding, number: number): void {
  const folder = new URL('../../reports/fuzz/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${name}-${number}.txt`, folder);
  writeFileSync(file, `${Buffer.from(input).toString('base64')}\n${problem}\n`);
  console.log(
    `  ${problem.split('\n').slice(0, 3).join('\n  ')}\n  stored in reports/fuzz/${name}-${number}.txt`,
  );
}

const names = values.only.split(',');
const unknown = names.filter((name) => !targetNames.includes(name));

if (values.help) {
  console.log(help);
} else if (unknown.length > 0) {
  console.error(
    `--only: there is no parser ${unknown.join()}; known are ${targetNames.join(', ')}`,
  );
  process.exitCode = 2;
} else {
  for (const name of names) {
    const result = await runCampaign(name, Number(values.seed));
    const { tried, places, corpus, findings, slowestMs } = result;
    console.log(
      `${name}: ${tried} inputs in ${values.minutes} min from seed ${values.seed}, ${places} branches, ` +
        `${corpus.length} kept, slowest ${slowestMs.toFixed(0)} ms, ${findings.length} findings`,
    );
    for (const [number, finding] of findings.entries()) store(name, finding, number);
    if (findings.length > 0) process.exitCode = 1;
    if (values.keep && corpus.length > 0)
      writeCorpus(
        name,
        corpus.map((input) => Buffer.from(input)),
      );
  }
}
