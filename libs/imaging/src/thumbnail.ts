import { PermanentError } from '@cullstream/contracts';
import sharp from 'sharp';
import { toDecodeError } from './decode/decode-error.js';
import { readJpeg } from './decode/read-jpeg.js';
import { requireImageFormat } from './decode/require-image-format.js';
import { sharpOptions } from './decode/sharp-options.js';

/** Default longest side of a thumbnail, in pixels. */
const USUAL_SIDE_PX = 320;
const JPEG_QUALITY = 72;
/** Progressive images are decoded at once, which needs 3 bytes for each pixel; others row by row. */
const MOST_PIXELS_AT_ONCE = 48_000_000;

/**
 * A small JPEG of an encoded image, for web pages. EXIF rotation is not applied, as everywhere, so that crop
 * boxes match.
 * @throws {PermanentError} if the bytes are not an image or cannot be decoded
 */
export async function toThumbnail(bytes: Uint8Array, sidePx = USUAL_SIDE_PX): Promise<Buffer> {
  const format = requireImageFormat(bytes);
  try {
    if (format === 'jpeg') readJpeg(bytes);
    const image = sharp(bytes, sharpOptions);
    const { width, height, isProgressive } = await image.metadata();
    if (isProgressive && width * height > MOST_PIXELS_AT_ONCE) {
      throw new PermanentError(
        'image-too-large',
        `no small picture is made of progressive images with more than ${MOST_PIXELS_AT_ONCE} pixels`,
      );
    }
    return await image
      .resize({ width: sidePx, height: sidePx, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#808080' })
      .jpeg({ quality: JPEG_QUALITY, mozjpeg: true })
      .toBuffer();
  } catch (cause) {
    throw toDecodeError(cause, bytes, format);
  }
}
