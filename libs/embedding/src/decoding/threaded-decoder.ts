import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { PermanentError, type Preprocessing } from '@cullstream/contracts';
import type { EmbedRequest } from '../engine-protocol.js';
import type { DecodeClock } from './decode-clock.js';
import type { DecodeReply, DecodeThreadOptions } from './decode-thread.js';
import type { Decoded, Decoder } from './decoder.js';

const require = createRequire(import.meta.url);

/**
 * Decodes in separate threads, one image in each at a time, so that decoding continues while the
 * calling thread infers. A thread that fails ends the calling thread too.
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
    // Nothing listens for the errors of these threads: they become errors of the calling thread.
    this.#thread.on('message', (reply: DecodeReply) => this.#receive(reply));
  }

  get pending(): number {
    return this.#waiting.size;
  }

  decode(request: EmbedRequest): Promise<Decoded> {
    const { bytes } = request;
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      // The bytes came to this thread in a message, so nothing else refers to them.
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
