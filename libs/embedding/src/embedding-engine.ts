import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TransientError } from '@cullstream/contracts';
import type { ShareWeightsOptions } from '@cullstream/inference';
import { deferGarbageCollection } from './engine-memory.js';
import {
  EngineWorker,
  type Embedded,
  type OnTimed,
  type WorkerListeners,
} from './engine-worker-handle.js';
import type { WorkerOptions } from './engine-protocol.js';
import { locateSharedWeights } from './locate-shared-weights.js';

export interface EngineOptions extends WorkerOptions {
  /** Threads, each with a session of its own. */
  readonly workers: number;
  /**
   * Where weights are kept that all workers, and all embedders of a machine, hold once. Without it
   * each worker holds its own.
   */
  readonly sharedWeights?: Pick<ShareWeightsOptions, 'folder' | 'modelSha256'> | undefined;
  /** Rejects when what was loaded since is not the model that was chosen: it is not used. */
  readonly requireUnchanged?: (() => Promise<void>) | undefined;
  /** Told when the weights could not be shared: every worker holds its own then. */
  readonly onUnshared?: ((cause: unknown) => void) | undefined;
  /** Told how long decoding and resampling of each image and inference of each batch took. */
  readonly onTimed?: OnTimed | undefined;
  /** Told when a call takes longer than any does that only the end of the process ends. */
  readonly onStuck?: WorkerListeners['onStuck'];
  /** After which an image fails that is still being decoded; its thread is replaced. */
  readonly decodeLimitMs?: WorkerListeners['decodeLimitMs'];
}

export interface EmbeddingEngine {
  /** Images the engine can hold so that every worker infers one batch while it decodes the next. */
  readonly capacity: number;
  /**
   * The raw CLIP embedding of an encoded image, float32 [512], and its size in pixels. The bytes are
   * given away: they may be gone afterwards.
   * @param crc32 of the bytes, where it was compared with them already, as of an entry of an archive
   * @throws {PermanentError} when the image cannot be decoded
   * @throws {TransientError} when the engine could not do its work; the image may be sent again
   * @throws {ConfigurationError} when a worker that is replaced would have another model
   */
  embed(bytes: Uint8Array, crc32?: number): Promise<Embedded>;
  close(): Promise<void>;
}

/** Batches that one worker holds: one in inference, one being decoded. */
const BATCHES_HELD = 2;

/**
 * Starts worker threads that decode, resample and infer. Inference blocks its thread, so the calling
 * thread stays free for the broker.
 * @throws {ConfigurationError} when the device does not take the model
 * @throws {Error} when the model cannot be loaded
 */
export async function createEmbeddingEngine(given: EngineOptions): Promise<EmbeddingEngine> {
  deferGarbageCollection();
  const options = await toWorkerOptions(given);
  const workers = await startAll(options, given);
  const perWorker = options.batchSize * BATCHES_HELD;
  let closed = false;

  return {
    capacity: perWorker * given.workers,
    async embed(bytes, crc32) {
      if (closed) throw new TransientError('the embedding engine is closed');
      const slot = leastBusy(workers);
      if (slot.worker.isGone) {
        // One restart a slot, however many images wait for it.
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

/** What a thread is started with: the shared weights where that works, else the model as it is. */
async function toWorkerOptions(options: EngineOptions): Promise<WorkerOptions> {
  const { modelPath, preprocess, intraOpThreads, batchSize, decodesAtOnce } = options;
  const { device = 'cpu', sharedWeights, onUnshared, requireUnchanged } = options;
  const given = { modelPath, preprocess, intraOpThreads, batchSize, decodesAtOnce, device };
  // What is shared was made for the processor; a card has memory of its own.
  if (sharedWeights === undefined || device !== 'cpu') return given;
  const shared = await locateSharedWeights({ modelPath, ...sharedWeights }).catch(
    (cause: unknown) => onUnshared?.(cause),
  );
  if (typeof shared !== 'string') return given;
  // They may be of the file that was put in its place, under the digest of the former.
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
