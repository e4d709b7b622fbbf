import type { Device } from '@cullstream/contracts';
import { createClipEncoder } from '@cullstream/inference';
import { toCpuMs } from '../measure/cpu-ms.js';

export interface BatchShapesOptions {
  /** Path of an ONNX file. */
  readonly model: string;
  readonly device: Device;
  /** Batch sizes that the session is run with, in ascending order. */
  readonly shapes: readonly number[];
  /** Images of each batch, in the order in which they are run. */
  readonly batches: readonly number[];
}

export interface BatchShapesResult {
  /** Processor time of each batch, in seconds. */
  readonly seconds: readonly number[];
}

const IMAGE_BYTES = 224 * 224 * 3;

async function measure(options: BatchShapesOptions): Promise<BatchShapesResult> {
  const { model, device, shapes, batches } = options;
  const encoder = await createClipEncoder({ modelPath: model, device, batchShapes: shapes });
  const seconds: number[] = [];
  for (const images of batches) {
    const pixels = new Uint8Array(images * IMAGE_BYTES).fill(images);
    const before = process.cpuUsage();
    await encoder.encode(pixels, images);
    seconds.push(toCpuMs(before) / 1_000);
  }
  await encoder.release();
  return { seconds };
}

process.stdout.write(
  JSON.stringify(await measure(JSON.parse(process.argv[2] ?? '') as BatchShapesOptions)),
);
