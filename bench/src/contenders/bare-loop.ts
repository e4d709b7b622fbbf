import { createEmbeddingEngine } from '@cullstream/embedding';
import { sha256OfFile } from '@cullstream/inference';
import { join } from 'node:path';
import { openImages, toBase64, type LoopOptions, type LoopResult } from './loop.js';

/** Only reads, decodes, resamples and infers, on all cores. */
async function loop({ originals, model, batch, workers, cache }: LoopOptions): Promise<LoopResult> {
  const { images, reader } = await openImages(originals);
  const engine = await createEmbeddingEngine({
    modelPath: model,
    preprocess: 'exact',
    intraOpThreads: 1,
    batchSize: batch,
    workers,
    sharedWeights: {
      folder: join(cache, 'weights'),
      modelSha256: await sha256OfFile(model),
    },
  });
  const finishedMs: number[] = [];
  const vectors: Record<string, string> = {};
  const queue = images.values();
  const work = async () => {
    for (const { name, source } of queue) {
      const crc32 = source.kind === 'zip-entry' ? source.crc32 : undefined;
      const { vector } = await engine.embed(await reader.read(source), crc32);
      finishedMs.push(performance.now());
      vectors[name] = toBase64(vector);
    }
  };
  await Promise.all(Array.from({ length: engine.capacity }, work));
  await engine.close();
  await reader.close();
  return { finishedMs, vectors };
}

const result = await loop(JSON.parse(process.argv[2] ?? '') as LoopOptions);
process.stdout.write(JSON.stringify(result));
