import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TransientError } from '@cullstream/contracts';
import type { ShareWeightsOptions } from '@cullstream/inference';
import { deferGarbageCollection } from './engine-environment.js';
import {
  EngineWorker,
  type Embedded,
  type OnTimed,
  type WorkerListeners,
} from './engine-worker-handle.js';
import { DECODES_AT_ONCE, type WorkerOptions } from './engine-protocol.js';
import { locateSharedWeights } from './locate-shared-weights.js';

export interface EngineOptions extends WorkerOptions {
  /** Worker threads, each with its own session. */
  readonly workers: number;
  /**
   * Folder for weights that all workers and all embedders of a machine share in memory. Without it
   * each worker has its own copy.
   */
  readonly sharedWeights?: Pick<ShareWeightsOptions, 'folder' | 'modelSha256'> | undefined;
  /**
   * Rejects when the model that was loaded is not the one that was chosen; the model is not used
   * then.
   */
  readonly requireUnchanged?: (() => Promise<void>) | undefined;
  /** Called when the weights could not be shared: every worker then has its own copy. */
  readonly onUnshared?: ((cause: unknown) => void) | undefined;
  /**
   * Called with the times of decoding and resampling each image and of the inference of each batch.
   */
  readonly onTimed?: OnTimed | undefined;
  /** Called when a call exceeds its time limit and can only be ended with the process. */
  readonly onStuck?: WorkerListeners['onStuck'];
  /** Time after which an image fails that is still being decoded; its thread is replaced. */
  readonly decodeLimitMs?: WorkerListeners['decodeLimitMs'];
}

export interface EmbeddingEngine {
  /** Images the engine can hold so that every worker infers one batch while it decodes the next. */
  readonly capacity: number;
  /**
   * The raw CLIP embedding of an encoded image, float32 [512], and its size in pixels. The bytes
   * are transferred: the caller must not use them afterwards.
   * @param crc32 of the bytes, where it has been checked, for example for an entry of an archive
   * @throws {PermanentError} when the image cannot be decoded
   * @throws {TransientError} when the engine failed; the image may be sent again
   * @throws {ConfigurationError} when the model file has changed and a worker must be replaced
   */
  embed(bytes: Uint8Array, crc32?: number): Promise<Embedded>;
  close(): Promise<void>;
}

/**
 * Images that an engine can hold: in each worker a batch in inference, and beside it the next
 * batch, or as many images as are decoded at the same time, if those are more.
 */
export function engineCapacity({
  workers,
  batchSize,
  decodesAtOnce = DECODES_AT_ONCE,
}: Pick<EngineOptions, 'workers' | 'batchSize' | 'decodesAtOnce'>): number {
  return workers * (batchSize + Math.max(batchSize, decodesAtOnce));
}

/**
 * Starts worker threads that decode, resample and infer. Inference blocks its thread, so the
 * calling thread stays free for the broker.
 * @throws {ConfigurationError} when the device cannot compute the model
 * @throws {Error} when the model cannot be loaded
 */
export async function createEmbeddingEngine(given: EngineOptions): Promise<EmbeddingEngine> {
  deferGarbageCollection();
  const options = await toWorkerOptions(given);
  const workers = await startAll(options, given);
  let closed = false;

  return {
    capacity: engineCapacity(given),
    async embed(bytes, crc32) {
      if (closed) throw new TransientError('the embedding engine is closed');
      const slot = leastBusy(workers);
      if (slot.worker.isGone) {
        // One restart for each worker, however many images wait for it.
        slot.restarting ??= startOne(options, given).finally(() => (slot.restarting = undefined));
        slot.worker = await slot.restarting;
      }
      return slot.worker.embed({ bytes, crc32 });
    },
    async close() {
      closed = true;
      await Promise.all(workers.map(({ worker }) => worker.stop()));
    },
  };
}

/** The options of a thread: with the shared weights if possible, else with the model file. */
async function toWorkerOptions(options: EngineOptions): Promise<WorkerOptions> {
  const { modelPath, preprocess, intraOpThreads, batchSize, decodesAtOnce } = options;
  const { device = 'cpu', sharedWeights, onUnshared, requireUnchanged } = options;
  const given = { modelPath, preprocess, intraOpThreads, batchSize, decodesAtOnce, device };
  // The shared weights are laid out for the processor; a card has its own memory.
  if (sharedWeights === undefined || device !== 'cpu') return given;
  const shared = await locateSharedWeights({ modelPath, ...sharedWeights }).catch(
    (cause: unknown) => onUnshared?.(cause),
  );
  if (typeof shared !== 'string') return given;
  // They may come from a file that replaced the model, under the digest of the old one.
  await requireUnchanged?.().catch(async (error: unknown) => {
    await rm(dirname(shared), { recursive: true, force: true });
    throw error;
  });
  return { ...given, modelPath: shared, isOptimized: true };
}

interface Slot {
  worker: EngineWorker;
  restarting?: Promise<EngineWorker> | undefined;
}

async function startOne(
  options: WorkerOptions,
  {
    requireUnchanged,
    ...listeners
  }: Pick<EngineOptions, 'requireUnchanged' | keyof WorkerListeners>,
): Promise<EngineWorker> {
  const worker = await EngineWorker.start(options, listeners);
  try {
    await requireUnchanged?.();
    return worker;
  } catch (error) {
    await worker.stop();
    throw error;
  }
}

async function startAll(options: WorkerOptions, given: EngineOptions): Promise<Slot[]> {
  const starting = Array.from({ length: given.workers }, () => startOne(options, given));
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
