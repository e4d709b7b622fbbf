import { mkdirSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { Option, program } from '@commander-js/extra-typings';
import { toNames, toPositive, toSeed } from '@cullstream/testing/option-values';
import type { CampaignResult, Finding } from './campaign.js';
import { readCorpus, writeCorpus } from './corpus.js';
import { SharedState } from './shared-state.js';
import { targetNames } from './targets.js';

const HANGS_AFTER_MS = 20_000;
const MAX_HEAP_MB = 512;
const MAX_MORE_BYTES = 2 ** 30;

const { only, minutes, seed, keep } = program
  .name('npm run fuzz --')
  .description(
    'Looks for inputs that break a parser, guided by which of its branches they take. An input that breaks one is ' +
      'stored in reports/fuzz, and the exit code is 1.',
  )
  .addOption(
    new Option('--only <names>', `some of: ${targetNames.join(', ')}`)
      .argParser(toNames(targetNames))
      .default([...targetNames], 'all'),
  )
  .option('--minutes <number>', 'for each of them', toPositive, 1)
  .addOption(
    new Option('--seed <number>', 'of the changes')
      .argParser(toSeed)
      .default(Date.now() % 1_000_000, 'by the clock'),
  )
  .option('--keep', 'store the inputs that are needed to take every branch in tests/fuzz/corpus')
  .parse()
  .opts();

/** Tries inputs in a thread. One that hangs, or takes all memory, is a finding as well. */
async function runCampaign(name: string): Promise<CampaignResult> {
  const state = new SharedState();
  const worker = new Worker(new URL('./fuzz-thread.ts', import.meta.url), {
    workerData: {
      name,
      seed,
      durationMs: minutes * 60_000,
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

for (const name of only) {
  const result = await runCampaign(name);
  const { tried, places, corpus, findings, slowestMs } = result;
  console.log(
    `${name}: ${tried} inputs in ${minutes} min from seed ${seed}, ${places} branches, ` +
      `${corpus.length} kept, slowest ${slowestMs.toFixed(0)} ms, ${findings.length} findings`,
  );
  for (const [number, finding] of findings.entries()) store(name, finding, number);
  if (findings.length > 0) process.exitCode = 1;
  if (keep === true && corpus.length > 0)
    writeCorpus(
      name,
      corpus.map((input) => Buffer.from(input)),
    );
}
