import { parentPort, workerData } from 'node:worker_threads';
import { PermanentError, type FailureReason, type Preprocessing } from '@cullstream/contracts';
import type { EmbedRequest } from '../engine-protocol.js';
import { DecodeClock } from './decode-clock.js';
import { createDecoder, type Decoded } from './decoder.js';

/** The answer of a thread that only decodes. */
export type DecodeReply =
  | { readonly id: number; readonly decoded: Decoded }
  | { readonly id: number; readonly message: string; readonly reason?: FailureReason | undefined };

/** The options that such a thread is started with. */
export interface DecodeThreadOptions {
  readonly mode: Preprocessing;
  readonly clockMemory: SharedArrayBuffer;
}

const { mode, clockMemory } = workerData as DecodeThreadOptions;
const decoder = createDecoder(mode, 1, new DecodeClock(clockMemory));

async function reply(request: EmbedRequest): Promise<DecodeReply> {
  const { id } = request;
  try {
    return { id, decoded: await decoder.decode(request) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { id, message, reason: error instanceof PermanentError ? error.reason : undefined };
  }
}

parentPort?.on('message', (request: EmbedRequest) => {
  void reply(request).then((done) => parentPort?.postMessage(done));
});
