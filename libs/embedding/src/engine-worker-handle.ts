import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { ConfigurationError, PermanentError, TransientError } from '@cullstream/contracts';
import { INFERENCE_LIMIT_MS, InferenceClock } from '@cullstream/inference';
import { DECODE_LIMIT_MS, DecodeClock } from './decoding/decode-clock.js';
import {
  DECODES_AT_ONCE,
  type EmbedRequest,
  type EncodedImage,
  type EmbedSuccess,
  type Timing,
  type WorkerMessage,
  type WorkerOptions,
} from './engine-protocol.js';
import { toOwnMemory } from './own-memory.js';

const require = createRequire(import.meta.url);

const LOOK_EVERY_MS = 5_000;
/** Threads end at once, unless they are running a library's native code. */
const ENDS_WITHIN_MS = 5_000;

export type OnTimed = (timing: Timing) => void;
export type Embedded = Omit<EmbedSuccess, 'id'>;

export interface WorkerListeners {
  readonly onTimed?: OnTimed | undefined;
  /** An inference or a decode exceeds its time limit. Only ending the process can end it. */
  readonly onStuck?: ((what: 'a decode' | 'an inference', limitMs: number) => void) | undefined;
  /** Default: {@link DECODE_LIMIT_MS}. */
  readonly decodeLimitMs?: number | undefined;
}

interface Waiting {
  resolve(embedded: Embedded): void;
  reject(error: Error): void;
}

/** One worker thread as its owner sees it: requests have ids, failures become errors. */
export class EngineWorker {
  private readonly worker: Worker;
  private readonly onTimed: OnTimed;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 0;
  private gone = false;

  private constructor(
    worker: Worker,
    onTimed: OnTimed,
    onReady: () => void,
    onUnusable: (error: Error) => void,
  ) {
    this.worker = worker;
    this.onTimed = onTimed;
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') onReady();
      else if (message.kind === 'unusable') onUnusable(toError(message));
      else this.receive(message);
    });
    worker.on('error', (error) => {
      onUnusable(error);
      this.end(error);
    });
    worker.on('exit', (code) => {
      onUnusable(new Error(`the worker ended with code ${code}`));
      this.end(undefined);
    });
  }

  /**
   * @throws {ConfigurationError} when the device cannot compute the model
   * @throws {Error} when the model cannot be loaded
   */
  static async start(
    options: WorkerOptions,
    { onTimed = () => undefined, onStuck, decodeLimitMs = DECODE_LIMIT_MS }: WorkerListeners = {},
  ): Promise<EngineWorker> {
    const clock = new InferenceClock();
    const decodes = new DecodeClock(options.decodesAtOnce ?? DECODES_AT_ONCE);
    const thread = new Worker(require.resolve('@cullstream/embedding/engine-worker'), {
      // Without this process's flags: conditions of a test runner must not apply in the thread.
      execArgv: [],
      workerData: {
        ...options,
        clockMemory: clock.memory,
        decodeClockMemory: decodes.memory,
      } satisfies WorkerOptions,
    });
    let giveUp: (id: number) => void = () => undefined;
    const look = () => {
      if (clock.runningMs > INFERENCE_LIMIT_MS) onStuck?.('an inference', INFERENCE_LIMIT_MS);
      const overdue = decodes.findOverdue(decodeLimitMs);
      if (overdue === undefined) return;
      clearInterval(looking);
      giveUp(overdue);
      const stuck = setTimeout(() => onStuck?.('a decode', decodeLimitMs), ENDS_WITHIN_MS).unref();
      void thread.terminate().finally(() => clearTimeout(stuck));
    };
    const looking = setInterval(look, Math.min(decodeLimitMs / 4, LOOK_EVERY_MS)).unref();
    thread.once('exit', () => clearInterval(looking));
    return new Promise((resolve, reject) => {
      const worker: EngineWorker = new EngineWorker(
        thread,
        onTimed,
        () => resolve(worker),
        (error) => {
          reject(error);
          void thread.terminate();
        },
      );
      giveUp = (id) => worker.giveUp(id, decodeLimitMs);
    });
  }

  get pending(): number {
    return this.waiting.size;
  }

  get isGone(): boolean {
    return this.gone;
  }

  embed({ bytes, crc32 }: EncodedImage): Promise<Embedded> {
    const request: EmbedRequest = { id: this.nextId++, bytes, crc32 };
    return new Promise((resolve, reject) => {
      this.waiting.set(request.id, { resolve, reject });
      this.worker.postMessage(request, toOwnMemory(bytes));
    });
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  /** Only the image that blocks the thread fails; the others go to the thread that replaces it. */
  private giveUp(id: number, limitMs: number): void {
    const message = `decoding it took more than ${limitMs / 1_000} s and was ended`;
    this.take(id)?.reject(new PermanentError('decode-timeout', message));
    this.end(undefined);
  }

  private receive(message: Extract<WorkerMessage, { images: unknown }>): void {
    if (message.kind === 'embedded') {
      for (const timing of message.timings) this.onTimed(timing);
      for (const { id, ...embedded } of message.images) this.take(id)?.resolve(embedded);
    } else {
      for (const { id, reason, message: why } of message.images) {
        this.take(id)?.reject(
          reason === undefined
            ? new Error(`embedding failed: ${why}`)
            : new PermanentError(reason, why),
        );
      }
    }
  }

  private take(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }

  private end(cause: Error | undefined): void {
    this.gone = true;
    const error = new TransientError('an embedding worker ended', { cause });
    for (const waiting of this.waiting.values()) waiting.reject(error);
    this.waiting.clear();
  }
}

function toError({ message, problems }: Extract<WorkerMessage, { kind: 'unusable' }>): Error {
  return problems === undefined ? new Error(message) : new ConfigurationError(problems);
}
