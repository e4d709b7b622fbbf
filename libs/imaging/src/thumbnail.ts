import sharp from 'sharp';
import { imageFormat } from './decode/image-format.js';
import { readJpeg } from './decode/read-jpeg.js';
import { sharpOptions } from './decode/sharp-options.js';

/** Longest side of a thumbnail where none is given, in pixels. */
const USUAL_SIDE_PX = 320;
const JPEG_QUALITY = 72;

/**
 * A small JPEG of an encoded image, for pages that people look at. EXIF rotation is not applied, as
 * everywhere, so that crop boxes fit.
 * @throws {Error} when the image cannot be decoded
 */
export async function toThumbnail(bytes: Uint8Array, sidePx = USUAL_SIDE_PX): Promise<Buffer> {
  if (imageFormat(bytes) === 'jpeg') readJpeg(bytes);
  return sharp(bytes, sharpOptions)
    .resize({ width: sidePx, height: sidePx, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#808080' })
    .jpeg({ quality: JPEG_QUALITY, mozjpeg: true })
    .toBuffer();
}
