import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { PermanentError, type Preprocessing } from '@cullstream/contracts';
import type { EmbedRequest } from '../engine-protocol.js';
import type { DecodeClock } from './decode-clock.js';
import type { DecodeReply, DecodeThreadOptions } from './decode-thread.js';
import type { Decoded, Decoder } from './decoder.js';

const require = createRequire(import.meta.url);

/**
 * Decodes in threads of its own, one image in each at a time, so that it goes on while the calling
 * thread infers. A thread that fails ends the calling one with it.
 * @param threads how many
 */
export function createThreadedDecoder(
  mode: Preprocessing,
  threads: number,
  { memory: clockMemory }: DecodeClock,
): Decoder {
  const options = { mode, clockMemory };
  const started = Array.from({ length: threads }, () => new DecodeThread(options));
  return {
    decode: (image) =>
      started
        .reduce((least, thread) => (thread.pending < least.pending ? thread : least))
        .decode(image),
  };
}

interface Waiting {
  resolve(decoded: Decoded): void;
  reject(error: Error): void;
}

class DecodeThread {
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();

  constructor(options: DecodeThreadOptions) {
    this.#thread = new Worker(require.resolve('@cullstream/embedding/decode-thread'), {
      execArgv: [],
      workerData: options,
    });
    // Nobody listens for its errors: they become the calling thread's own.
    this.#thread.on('message', (reply: DecodeReply) => this.#receive(reply));
  }

  get pending(): number {
    return this.#waiting.size;
  }

  decode(request: EmbedRequest): Promise<Decoded> {
    const { bytes } = request;
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      // They came to this thread by a message: nobody else looks at their memory.
      this.#thread.postMessage(request, bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : []);
    });
  }

  #receive(reply: DecodeReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('decoded' in reply) waiting?.resolve(reply.decoded);
    else if (reply.reason === undefined) waiting?.reject(new Error(reply.message));
    else waiting?.reject(new PermanentError(reply.reason, reply.message));
  }
}
