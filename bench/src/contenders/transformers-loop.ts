import { openImages, toBase64, type LoopOptions, type LoopResult } from './loop.js';
import { loadTransformers } from './transformers-package.js';

/** Uses the library as it is documented: it decodes and preprocesses, and infers in batches. */
async function loop({ originals, model, batch, dtype = 'fp32' }: LoopOptions): Promise<LoopResult> {
  const { AutoProcessor, CLIPVisionModelWithProjection, env, RawImage } = await loadTransformers();
  env.allowRemoteModels = false;
  env.localModelPath = '/';
  const { images, reader } = await openImages(originals);
  const processor = await AutoProcessor.from_pretrained(model);
  const encoder = await CLIPVisionModelWithProjection.from_pretrained(model, { dtype });
  const finishedMs: number[] = [];
  const vectors: Record<string, string> = {};
  for (let first = 0; first < images.length; first += batch) {
    const together = images.slice(first, first + batch);
    const decoded = await Promise.all(
      together.map(async ({ source }) =>
        RawImage.fromBlob(new Blob([new Uint8Array(await reader.read(source))])),
      ),
    );
    const { pixel_values: pixels } = await processor(decoded);
    if (pixels === undefined) throw new Error('transformers.js made no pixels');
    // The output has the same name as in Cullstream's graphs.
    const outputs = await encoder({ pixels });
    const data = Object.values(outputs)[0]?.data as Float32Array;
    const length = data.length / together.length;
    const now = performance.now();
    for (const [index, { name }] of together.entries()) {
      finishedMs.push(now);
      vectors[name] = toBase64(data.slice(index * length, (index + 1) * length));
    }
  }
  await reader.close();
  return { finishedMs, vectors };
}

const result = await loop(JSON.parse(process.argv[2] ?? '') as LoopOptions);
process.stdout.write(JSON.stringify(result));
