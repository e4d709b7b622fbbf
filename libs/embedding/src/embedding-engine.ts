import { TransientError } from '@cullstream/contracts';
import { EngineWorker, type Embedded } from './engine-worker-handle.js';
import type { WorkerOptions } from './engine-protocol.js';

export interface EngineOptions extends WorkerOptions {
  /** Threads, each with a session of its own. */
  readonly workers: number;
}

export interface EmbeddingEngine {
  /** Images the engine can hold so that every worker infers one batch while it decodes the next. */
  readonly capacity: number;
  /**
   * The raw CLIP embedding of an encoded image, float32 [512], and its size in pixels.
   * @throws {PermanentError} when the image cannot be decoded
   * @throws {TransientError} when the engine could not do its work; the image may be sent again
   */
  embed(bytes: Uint8Array): Promise<Embedded>;
  close(): Promise<void>;
}

/** Batches that one worker holds: one in inference, one being decoded. */
const BATCHES_HELD = 2;

/**
 * Starts worker threads that decode, resample and infer. Inference blocks its thread, so the calling
 * thread stays free for the broker.
 * @throws when the model cannot be loaded
 */
export async function createEmbeddingEngine(options: EngineOptions): Promise<EmbeddingEngine> {
  const workers = await startAll(options);
  const perWorker = options.batchSize * BATCHES_HELD;
  let closed = false;

  return {
    capacity: perWorker * options.workers,
    async embed(bytes) {
      if (closed) throw new TransientError('the embedding engine is closed');
      const slot = leastBusy(workers);
      if (slot.worker.isGone) {
        // One restart a slot, however many images wait for it.
        slot.restarting ??= EngineWorker.start(options).finally(
          () => (slot.restarting = undefined),
        );
        slot.worker = await slot.restarting;
      }
      return slot.worker.embed(bytes);
    },
    async close() {
      closed = true;
      await Promise.all(workers.map(({ worker }) => worker.stop()));
    },
  };
}

interface Slot {
  worker: EngineWorker;
  restarting?: Promise<EngineWorker> | undefined;
}

async function startAll(options: EngineOptions): Promise<Slot[]> {
  const starting = Array.from({ length: options.workers }, () => EngineWorker.start(options));
  const started = await Promise.allSettled(starting);
  const workers = started.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  const failure = started.find((result) => result.status === 'rejected');
  if (failure === undefined) return workers.map((worker) => ({ worker }));
  await Promise.all(workers.map((worker) => worker.stop()));
  throw failure.reason;
}

function leastBusy(slots: readonly Slot[]): Slot {
  return slots.reduce((least, slot) => (slot.worker.pending < least.worker.pending ? slot : least));
}
