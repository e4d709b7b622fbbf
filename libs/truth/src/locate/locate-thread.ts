import { parentPort, workerData } from 'node:worker_threads';
import type { ImageSource } from '@cullstream/contracts';
import { configureSharp, createSourceReader, MAX_IMAGE_BYTES } from '@cullstream/imaging';
import { attempt, locateFinal, toUnusable, type LocateReply } from './locate-final.js';

/** The options with which such a thread is started. */
export interface LocateThreadOptions {
  readonly originalsDir: string;
  readonly finalsDir: string;
}

/** An original and the finished image that was made from it. */
export interface LocateRequest {
  readonly original: ImageSource;
  readonly final: ImageSource;
}

const { originalsDir, finalsDir } = workerData as LocateThreadOptions;
const originals = createSourceReader({ originalsDir, maxBytes: MAX_IMAGE_BYTES });
const finals = createSourceReader({ originalsDir: finalsDir, maxBytes: MAX_IMAGE_BYTES });

async function locate({ original, final }: LocateRequest): Promise<LocateReply> {
  const finalBytes = await attempt(() => finals.read(final));
  if (finalBytes instanceof Error) return toUnusable('final', finalBytes);
  const originalBytes = await attempt(() => originals.read(original));
  if (originalBytes instanceof Error) return toUnusable('original', originalBytes);
  return locateFinal(
    { bytes: originalBytes, crc32: toKnownCrc32(original) },
    { bytes: finalBytes, crc32: toKnownCrc32(final) },
  );
}

/** Reading an entry of an archive compares it. */
function toKnownCrc32(source: ImageSource): number | undefined {
  return source.kind === 'zip-entry' ? source.crc32 : undefined;
}

configureSharp({ threads: 1 });
parentPort?.on('message', (request: LocateRequest) => {
  void attempt(() => locate(request)).then((reply) => {
    parentPort?.postMessage(reply instanceof Error ? toUnusable('final', reply) : reply);
  });
});
