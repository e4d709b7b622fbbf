import { readFile } from 'node:fs/promises';
import type { Device } from '@cullstream/contracts';
import { createClipEncoder } from '@cullstream/inference';
import { toBase64 } from './loop.js';

export interface InferOptions {
  /** Path of an ONNX file. */
  readonly model: string;
  readonly device: Device;
  readonly threads: number;
  readonly batch: number;
  /** File of images in the form of the model's input: RGB, 224 by 224. */
  readonly pixels: string;
}

export interface InferResult {
  readonly imagesPerSecond: number;
  /** Seconds for the first batch, for which a device may compile. */
  readonly firstBatchSeconds: number;
  /** Raw embeddings of all images: base64 of float32. */
  readonly vectors: string;
}

const IMAGE_BYTES = 224 * 224 * 3;
/** All images are computed once, and repeatedly until this time has passed. */
const LEAST_MS = 2_000;

/** Only infers, in one session. */
async function infer(options: InferOptions): Promise<InferResult> {
  const { model, device, threads, batch, pixels } = options;
  const encoder = await createClipEncoder({
    ...{ modelPath: model, device, intraOpThreads: threads, batchSize: batch },
  });
  const all = new Uint8Array(await readFile(pixels));
  const count = all.length / IMAGE_BYTES;
  const encode = (from: number) => {
    const part = all.subarray(from * IMAGE_BYTES, (from + batch) * IMAGE_BYTES);
    return encoder.encode(part, part.length / IMAGE_BYTES);
  };
  const beganMs = performance.now();
  await encode(0);
  const startedMs = performance.now();
  const vectors: Float32Array[] = [];
  let done = 0;
  while (done < count || performance.now() - startedMs < LEAST_MS) {
    const embedded = await encode(done % count);
    if (done < count) vectors.push(embedded);
    done += Math.min(batch, count - (done % count));
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  await encoder.release();
  return {
    imagesPerSecond: done / seconds,
    firstBatchSeconds: (startedMs - beganMs) / 1_000,
    vectors: toBase64(Float32Array.from(vectors.flatMap((each) => [...each]))),
  };
}

process.stdout.write(
  JSON.stringify(await infer(JSON.parse(process.argv[2] ?? '') as InferOptions)),
);
