import { parentPort, workerData } from 'node:worker_threads';
import type { ImageSource } from '@cullstream/contracts';
import { errorMessage } from '@cullstream/files';
import {
  configureSharp,
  createSourceReader,
  decodeRgb,
  MAX_IMAGE_BYTES,
  readImageSize,
} from '@cullstream/imaging';
import { locateCrop, type CropLocation } from './locate-crop.js';

/** What such a thread is started with. */
export interface LocateThreadOptions {
  readonly originalsDir: string;
  readonly finalsDir: string;
}

/** An original and the finished image that was made of it. */
export interface LocateRequest {
  readonly original: ImageSource;
  readonly final: ImageSource;
}

/** Sizes in pixels. */
export interface LocatedCrop extends CropLocation {
  readonly original: { readonly widthPx: number; readonly heightPx: number };
  readonly final: { readonly widthPx: number; readonly heightPx: number };
}

/** What the thread answers: where the crop is, or which of the two images cannot be used, and why. */
export type LocateReply =
  | { readonly located: LocatedCrop }
  | { readonly unusable: 'original' | 'final'; readonly message: string };

const { originalsDir, finalsDir } = workerData as LocateThreadOptions;
const originals = createSourceReader({ originalsDir, maxBytes: MAX_IMAGE_BYTES });
const finals = createSourceReader({ originalsDir: finalsDir, maxBytes: MAX_IMAGE_BYTES });

async function locate({ original, final }: LocateRequest): Promise<LocateReply> {
  const finalBytes = await attempt(() => finals.read(final));
  if (finalBytes instanceof Error) return toUnusable('final', finalBytes);
  const originalBytes = await attempt(() => originals.read(original));
  if (originalBytes instanceof Error) return toUnusable('original', originalBytes);
  if (finalBytes.equals(originalBytes)) {
    const size = await attempt(() => readImageSize(originalBytes));
    if (size instanceof Error) return toUnusable('original', size);
    const { widthPx, heightPx } = size;
    const box = [0, 0, widthPx, heightPx] as const;
    return { located: { method: 'exact', score: 1, box, original: size, final: size } };
  }
  const finalImage = await attempt(() => decodeRgb(finalBytes, 'upper'));
  if (finalImage instanceof Error) return toUnusable('final', finalImage);
  const originalImage = await attempt(() => decodeRgb(originalBytes, 'upper'));
  if (originalImage instanceof Error) return toUnusable('original', originalImage);
  const crop = await locateCrop(originalImage, finalImage);
  return { located: { ...crop, original: toSize(originalImage), final: toSize(finalImage) } };
}

function toSize({ widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number }) {
  return { widthPx, heightPx };
}

async function attempt<T>(work: () => Promise<T>): Promise<T | Error> {
  try {
    return await work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function toUnusable(unusable: 'original' | 'final', error: Error): LocateReply {
  return { unusable, message: errorMessage(error) };
}

configureSharp({ threads: 1 });
parentPort?.on('message', (request: LocateRequest) => {
  void locate(request).then((reply) => parentPort?.postMessage(reply));
});
