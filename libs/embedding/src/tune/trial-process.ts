import { readFile } from 'node:fs/promises';
import { createEmbeddingEngine } from '../embedding-engine.js';
import type { TrialOptions, TrialResult } from './run-trial.js';

/**
 * One round of one candidate in a process of its own, so that its memory is its own: from when each
 * worker has done a batch, as many images as are asked for, while the engine stays full.
 */
async function runRound(options: TrialOptions): Promise<TrialResult> {
  const { profile, model, pictures, images } = options;
  const encoded = await Promise.all(pictures.map((path) => readFile(path)));
  const engine = await createEmbeddingEngine({
    ...model,
    workers: profile.workers,
    intraOpThreads: profile.threads,
    batchSize: profile.batch,
    decodesAtOnce: profile.decodes,
  });
  const fill = profile.workers * profile.batch;
  let [submitted, finished, startedMs] = [0, 0, 0];
  const seconds = await new Promise<number>((resolve, reject) => {
    const work = async () => {
      while (finished < fill + images) {
        const bytes = encoded[submitted++ % encoded.length] ?? new Uint8Array();
        await engine.embed(new Uint8Array(bytes));
        finished += 1;
        if (finished === fill) startedMs = performance.now();
        if (finished === fill + images) resolve((performance.now() - startedMs) / 1_000);
      }
    };
    for (let index = 0; index < engine.capacity; index++) work().catch(reject);
  });
  return {
    imagesPerSecond: images / seconds,
    peakBytes: process.resourceUsage().maxRSS * 1_024,
  };
}

const result = await runRound(JSON.parse(process.argv[2] ?? '') as TrialOptions);
process.stdout.write(JSON.stringify(result), () => process.exit(0));
