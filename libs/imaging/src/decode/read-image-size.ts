import sharp from 'sharp';
import { readPngFile } from '../png/png-file.js';
import { toDecodeError } from './decode-error.js';
import { requireImageFormat } from './require-image-format.js';
import { sharpOptions } from './sharp-options.js';

export interface ImageSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * Width and height from an image's header, as Pillow reports them: EXIF rotation is not applied.
 * @throws {PermanentError} as {@link decodeRgb}, for problems that the header shows
 */
export async function readImageSize(bytes: Uint8Array): Promise<ImageSize> {
  const format = requireImageFormat(bytes);
  if (format === 'png') {
    const { widthPx, heightPx } = readPngFile(bytes).header;
    return { widthPx, heightPx };
  }
  try {
    const { width, height } = await sharp(bytes, sharpOptions).metadata();
    return { widthPx: width, heightPx: height };
  } catch (cause) {
    throw toDecodeError(cause, bytes, format);
  }
}
