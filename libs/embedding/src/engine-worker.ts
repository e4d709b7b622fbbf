import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { ConfigurationError, EMBEDDING_LENGTH, PermanentError } from '@cullstream/contracts';
import { configureSharp, preprocess, type PreprocessedImage } from '@cullstream/imaging';
import { createClipEncoder, type ClipEncoder } from '@cullstream/inference';
import { DecodeSlots } from './decode-slots.js';
import type { EmbedRequest, Timing, WorkerMessage, WorkerOptions } from './engine-protocol.js';

interface Prepared extends PreprocessedImage {
  readonly id: number;
}

const PIXEL_BYTES = 224 * 224 * 3;
const DECODES_AT_ONCE = 2;

/**
 * Decodes and resamples what arrives, and infers as soon as a batch is full or nothing more is on
 * its way. PNGs are decoded in this thread; what sharp decodes is decoded in libuv's threads, while
 * others are inferred.
 */
class BatchingWorker {
  private readonly encoder: ClipEncoder;
  private readonly options: WorkerOptions;
  private readonly ready: Prepared[] = [];
  private readonly decodes: DecodeSlots;
  private timings: Timing[] = [];
  private preparing = 0;
  private inferring = false;

  constructor(encoder: ClipEncoder, options: WorkerOptions) {
    this.encoder = encoder;
    this.options = options;
    this.decodes = new DecodeSlots(options.decodesAtOnce ?? DECODES_AT_ONCE);
  }

  async accept({ id, bytes }: EmbedRequest): Promise<void> {
    this.preparing += 1;
    try {
      const prepared = await this.decodes.run(async () => {
        // Decoding may hold the thread: what else has arrived is to be counted before.
        await nextTurn();
        return preprocess(bytes, this.options.preprocess, (stage, durationMs) =>
          this.timings.push({ stage, durationMs }),
        );
      });
      this.ready.push({ id, ...prepared });
    } catch (error) {
      fail([id], error);
    } finally {
      this.preparing -= 1;
    }
    await this.infer();
  }

  private async infer(): Promise<void> {
    if (this.inferring) return;
    this.inferring = true;
    while (
      this.ready.length >= this.options.batchSize ||
      (this.preparing === 0 && this.ready.length > 0)
    ) {
      const batch = this.ready.splice(0, this.options.batchSize);
      await this.inferBatch(batch).catch((error: unknown) =>
        fail(
          batch.map(({ id }) => id),
          error,
        ),
      );
    }
    this.inferring = false;
  }

  private async inferBatch(batch: readonly Prepared[]): Promise<void> {
    const pixels = new Uint8Array(batch.length * PIXEL_BYTES);
    batch.forEach((image, index) => pixels.set(image.pixels, index * PIXEL_BYTES));
    const startedAt = performance.now();
    const vectors = await this.encoder.encode(pixels, batch.length);
    this.timings.push({ stage: 'infer', durationMs: performance.now() - startedAt });
    const images = batch.map(({ id, widthPx, heightPx }, index) => ({
      id,
      widthPx,
      heightPx,
      vector: vectors.slice(index * EMBEDDING_LENGTH, (index + 1) * EMBEDDING_LENGTH),
    }));
    const finite = images.filter(({ vector }) => vector.every(Number.isFinite));
    const broken = images.filter((image) => !finite.includes(image)).map(({ id }) => id);
    if (finite.length > 0) {
      const timings = this.timings;
      this.timings = [];
      post({ kind: 'embedded', images: finite, timings });
    }
    if (broken.length > 0) {
      fail(
        broken,
        new PermanentError('vector-not-finite', 'the model gave a vector with NaN or infinity'),
      );
    }
  }
}

function fail(ids: readonly number[], error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const reason = error instanceof PermanentError ? error.reason : undefined;
  post({ kind: 'failed', images: ids.map((id) => ({ id, message, reason })) });
}

function post(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

async function main(options: WorkerOptions): Promise<void> {
  configureSharp({ threads: 1 });
  const worker = new BatchingWorker(await createClipEncoder(options), options);
  parentPort?.on('message', (request: EmbedRequest) => void worker.accept(request));
  post({ kind: 'ready' });
}

await main(workerData as WorkerOptions).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const problems = error instanceof ConfigurationError ? error.problems : undefined;
  post({ kind: 'unusable', message, problems });
});
