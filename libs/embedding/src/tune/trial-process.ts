import { readFile } from 'node:fs/promises';
import { peakResidentBytes } from '@cullstream/inference';
import { createEmbeddingEngine } from '../embedding-engine.js';
import type { TrialOptions, TrialResult } from './run-trial.js';

/**
 * Measures one round of one candidate in a separate process, so that its memory can be measured.
 * Counts as many images as are asked for, after each worker has done a batch, while the engine is
 * full.
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
  let [submitted, finished, startedMs, endedMs] = [0, 0, 0, 0];
  const work = async () => {
    while (finished < fill + images) {
      const bytes = encoded[submitted++ % encoded.length] ?? new Uint8Array();
      await engine.embed(new Uint8Array(bytes));
      finished += 1;
      if (finished === fill) startedMs = performance.now();
      if (finished === fill + images) endedMs = performance.now();
    }
  };
  await Promise.all(Array.from({ length: engine.capacity }, work));
  // A process that exits while one of its threads infers is aborted by the runtime, with an error.
  await engine.close();
  return {
    imagesPerSecond: (images * 1_000) / (endedMs - startedMs),
    peakBytes: peakResidentBytes(),
  };
}

const result = await runRound(JSON.parse(process.argv[2] ?? '') as TrialOptions);
process.stdout.write(JSON.stringify(result));
