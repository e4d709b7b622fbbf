import { errorMessage } from '@cullstream/files';
import {
  decodeRgb,
  PixelMemory,
  readImageSize,
  type ImageSize,
  type RgbImage,
} from '@cullstream/imaging';
import { locateCrop, type CropLocation } from './locate-crop.js';
import { readOrientation, turnLike } from './orientation.js';

/** The location of a crop, and the sizes of both images as they were compared (the finished one turned). */
export interface LocatedCrop extends CropLocation {
  readonly original: ImageSize;
  readonly final: ImageSize;
}

/** The location of the crop, or which of the two images cannot be used, and why. */
export type LocateReply =
  | { readonly located: LocatedCrop }
  | { readonly unusable: 'original' | 'final'; readonly message: string };

/** An image file in memory. */
export interface EncodedImage {
  readonly bytes: Buffer;
  /** Of the bytes, where it was compared with them already. */
  readonly crc32?: number | undefined;
}

/** Of this thread: images are compared one pair after the other. */
const originalMemory = new PixelMemory();
const finalMemory = new PixelMemory();

/**
 * Finds the part of an original that a finished image shows. Equal files are not decoded. One pair at a time: the
 * next one is decoded into the same memory.
 */
export async function locateFinal(
  { bytes: original, crc32: originalCrc32 }: EncodedImage,
  { bytes: final, crc32: finalCrc32 }: EncodedImage,
): Promise<LocateReply> {
  if (final.equals(original)) {
    const size = await attempt(() => readImageSize(original));
    if (size instanceof Error) return toUnusable('original', size);
    const box = [0, 0, size.widthPx, size.heightPx] as const;
    return { located: { method: 'exact', score: 1, box, original: size, final: size } };
  }
  const finalImage = await attempt(() =>
    decodeRgb(final, { grey16: 'upper', crc32: finalCrc32, memory: finalMemory }),
  );
  if (finalImage instanceof Error) return toUnusable('final', finalImage);
  const originalImage = await attempt(() =>
    decodeRgb(original, { grey16: 'upper', crc32: originalCrc32, memory: originalMemory }),
  );
  if (originalImage instanceof Error) return toUnusable('original', originalImage);
  const asStored = await locate(originalImage, finalImage);
  if (asStored.method !== 'none') return { located: asStored };
  const turned = turnLike(
    finalImage,
    await readOrientation(final),
    await readOrientation(original),
  );
  return { located: turned === undefined ? asStored : await locate(originalImage, turned) };
}

async function locate(original: RgbImage, final: RgbImage): Promise<LocatedCrop> {
  const crop = await locateCrop(original, final);
  return { ...crop, original: toSize(original), final: toSize(final) };
}

function toSize({ widthPx, heightPx }: RgbImage): ImageSize {
  return { widthPx, heightPx };
}

export async function attempt<T>(work: () => Promise<T>): Promise<T | Error> {
  try {
    return await work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

export function toUnusable(unusable: 'original' | 'final', error: Error): LocateReply {
  return { unusable, message: errorMessage(error) };
}
