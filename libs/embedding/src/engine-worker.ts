import { parentPort, workerData } from 'node:worker_threads';
import { ConfigurationError, EMBEDDING_LENGTH, PermanentError } from '@cullstream/contracts';
import { TARGET_BYTES } from '@cullstream/imaging';
import { createClipEncoder, InferenceClock, type ClipEncoder } from '@cullstream/inference';
import { DecodeClock } from './decoding/decode-clock.js';
import { createDecoder, type Decoded, type Decoder } from './decoding/decoder.js';
import { createThreadedDecoder } from './decoding/threaded-decoder.js';
import {
  DECODES_AT_ONCE,
  type EmbedRequest,
  type Timing,
  type WorkerMessage,
  type WorkerOptions,
} from './engine-protocol.js';

interface Prepared extends Decoded {
  readonly id: number;
}

/**
 * Decodes and resamples the images that arrive, and infers when a batch is full or no more images
 * are on their way. Inference blocks this thread.
 */
class BatchingWorker {
  private readonly encoder: ClipEncoder;
  private readonly options: WorkerOptions;
  private readonly clock: InferenceClock;
  private readonly ready: Prepared[] = [];
  private readonly decoder: Decoder;
  private timings: Timing[] = [];
  private preparing = 0;
  private inferring = false;

  constructor(encoder: ClipEncoder, options: WorkerOptions) {
    this.encoder = encoder;
    this.options = options;
    this.clock = new InferenceClock(options.clockMemory);
    this.decoder = createDecoderFor(options);
  }

  async accept(request: EmbedRequest): Promise<void> {
    const { id } = request;
    this.preparing += 1;
    try {
      const image = await this.decoder.decode(request);
      this.timings.push(...image.timings);
      this.ready.push({ id, ...image });
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
    const pixels = new Uint8Array(batch.length * TARGET_BYTES);
    batch.forEach((image, index) => pixels.set(image.pixels, index * TARGET_BYTES));
    const startedAt = performance.now();
    const vectors = await this.clock.time(() => this.encoder.encode(pixels, batch.length));
    const durationMs = performance.now() - startedAt;
    const inferred: Timing = { stage: 'infer', durationMs, bytes: pixels.length };
    this.timings.push(inferred);
    const images = batch.map(({ id, widthPx, heightPx, timings }, index) => ({
      id,
      widthPx,
      heightPx,
      vector: vectors.slice(index * EMBEDDING_LENGTH, (index + 1) * EMBEDDING_LENGTH),
      timings: [...timings, inferred],
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

/**
 * With one worker for each core, a worker decodes in the thread that infers, and the other workers
 * infer meanwhile. Where the model uses more cores than this thread's, or another device, they
 * would be idle meanwhile, so separate threads decode.
 */
function createDecoderFor(options: WorkerOptions): Decoder {
  const { preprocess, intraOpThreads, device = 'cpu' } = options;
  const atOnce = options.decodesAtOnce ?? DECODES_AT_ONCE;
  const clock = new DecodeClock(options.decodeClockMemory ?? atOnce);
  return intraOpThreads === 1 && device === 'cpu'
    ? createDecoder(preprocess, atOnce, clock)
    : createThreadedDecoder(preprocess, atOnce, clock);
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
  const worker = new BatchingWorker(await createClipEncoder(options), options);
  parentPort?.on('message', (request: EmbedRequest) => void worker.accept(request));
  post({ kind: 'ready' });
}

await main(workerData as WorkerOptions).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const problems = error instanceof ConfigurationError ? error.problems : undefined;
  post({ kind: 'unusable', message, problems });
});
