import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { createClipEncoder, type ClipEncoder } from '@cullstream/inference';
import { DecodeClock } from '../decoding/decode-clock.js';
import { createDecoder } from '../decoding/decoder.js';
import { relativeDistance } from '../self-check/check-vectors.js';
import type { ProbeFinding, ProbeOptions } from './run-probe.js';

/** Each batch size is inferred once, and repeatedly until this time has passed. */
const LEAST_MS = 500;
/** Pictures whose vectors are compared with those of the processor. */
const COMPARED = 2;

/**
 * Measures separately how fast one thread decodes and how fast one session infers batches of each
 * size. Prints each result at once, so that those are kept which came before a time limit.
 */
async function probe({ model, pictures, threads, batches, budgetMs }: ProbeOptions): Promise<void> {
  const decoder = createDecoder(model.preprocess, 1, new DecodeClock(1));
  const encoded = await Promise.all(pictures.map((path) => readFile(path)));
  const decode = (bytes: Buffer) => decoder.decode({ id: 0, bytes: new Uint8Array(bytes) });
  // The first picture is decoded twice: code is compiled during the first time.
  if (encoded[0] !== undefined) await decode(encoded[0]);
  const beganMs = performance.now();
  const images: Uint8Array[] = [];
  for (const bytes of encoded) images.push((await decode(bytes)).pixels);
  print({ decodesPerSecond: (images.length * 1_000) / (performance.now() - beganMs) });

  const encoder = await createClipEncoder({
    ...{ modelPath: model.modelPath, device: model.device, intraOpThreads: threads },
    batchShapes: batches.toSorted((a, b) => a - b),
  });
  const { device = 'cpu' } = model;
  if (device !== 'cpu') {
    print({ drift: await measureDrift(encoder, model.modelPath, images.slice(0, COMPARED)) });
  }
  // What the device compiles before does not count, so at least one size is measured.
  const startedMs = performance.now();
  for (const batch of batches) {
    if (performance.now() - startedMs > budgetMs) break;
    const pixels = Buffer.concat(
      Array.from({ length: batch }, (_, at) => images[at % images.length] ?? new Uint8Array()),
    );
    await encoder.encode(pixels, batch);
    const firstMs = performance.now();
    let runs = 0;
    do {
      await encoder.encode(pixels, batch);
      runs += 1;
    } while (performance.now() - firstMs < LEAST_MS);
    print({ batch, imagesPerSecond: (runs * batch * 1_000) / (performance.now() - firstMs) });
  }
  await encoder.release();
}

/** The largest distance of a vector from that of the processor, as a share of its length. */
async function measureDrift(
  encoder: ClipEncoder,
  modelPath: string,
  images: readonly Uint8Array[],
): Promise<number> {
  const processor = await createClipEncoder({ modelPath, intraOpThreads: availableParallelism() });
  const drifts: number[] = [];
  for (const image of images) {
    drifts.push(relativeDistance(await encoder.encode(image, 1), await processor.encode(image, 1)));
  }
  await processor.release();
  return Math.max(...drifts);
}

function print(finding: ProbeFinding): void {
  process.stdout.write(`${JSON.stringify(finding)}\n`);
}

await probe(JSON.parse(process.argv[2] ?? '') as ProbeOptions);
