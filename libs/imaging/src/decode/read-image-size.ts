import sharp from 'sharp';
import { toDecodeError } from './decode-error.js';
import { requireImageFormat } from './image-header.js';
import { sharpOptions } from './sharp-options.js';

export interface ImageSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * Width and height by an image's header, as Pillow reports them: EXIF rotation is not applied.
 * @throws {PermanentError} as {@link decodeRgb}, as far as the header shows it
 */
export async function readImageSize(bytes: Uint8Array): Promise<ImageSize> {
  const format = requireImageFormat(bytes);
  try {
    const { width, height } = await sharp(bytes, sharpOptions).metadata();
    return { widthPx: width, heightPx: height };
  } catch (cause) {
    throw toDecodeError(cause, bytes, format);
  }
}
