import { parentPort, workerData } from 'node:worker_threads';
import { PermanentError, type FailureReason } from '@cullstream/contracts';
import type { PreprocessingMode } from '@cullstream/imaging';
import type { EmbedRequest } from '../engine-protocol.js';
import { createDecoder, type Decoded } from './decoder.js';

/** What a thread that only decodes gives for an image. */
export type DecodeReply =
  | { readonly id: number; readonly decoded: Decoded }
  | { readonly id: number; readonly message: string; readonly reason?: FailureReason | undefined };

const { mode } = workerData as { readonly mode: PreprocessingMode };
const decoder = createDecoder(mode, 1);

async function reply({ id, ...encoded }: EmbedRequest): Promise<DecodeReply> {
  try {
    return { id, decoded: await decoder.decode(encoded) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { id, message, reason: error instanceof PermanentError ? error.reason : undefined };
  }
}

parentPort?.on('message', (request: EmbedRequest) => {
  void reply(request).then((done) => parentPort?.postMessage(done));
});
