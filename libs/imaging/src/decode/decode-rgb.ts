import { type RgbImage } from './rgb-image.js';
import sharp from 'sharp';
import { decodePlainPng } from '../png/decode-plain-png.js';
import { decodePng } from '../png/decode-png.js';
import { cmykToRgb } from './cmyk-to-rgb.js';
import { toDecodeError } from './decode-error.js';
import type { DecodeOptions } from './decode-options.js';
import type { SharpFormat } from './image-format.js';
import { INKS } from './jpeg-frame.js';
import { readJpeg } from './read-jpeg.js';
import { requireImageFormat } from './require-image-format.js';
import { requireWebpHeader } from './require-webp-header.js';
import { sharpOptions } from './sharp-options.js';

/**
 * Decodes PNG, JPEG or WebP to the pixels of Pillow's `Image.open(...).convert("RGB")`: alpha is dropped,
 * colour profiles and EXIF orientation are ignored, and only the first frame of an animation is decoded.
 * @throws {PermanentError} `empty-file`, `not-an-image`, `image-too-large`, `image-truncated`,
 *   `image-undecodable`
 */
export async function decodeRgb(bytes: Uint8Array, options: DecodeOptions = {}): Promise<RgbImage> {
  const format = requireImageFormat(bytes);
  if (format === 'png') return decodePlainPng(bytes, options) ?? decodePng(bytes, options.grey16);
  try {
    return await decode(bytes, format);
  } catch (cause) {
    throw toDecodeError(cause, bytes, format);
  }
}

async function decode(bytes: Uint8Array, format: SharpFormat): Promise<RgbImage> {
  if (format === 'webp') requireWebpHeader(bytes);
  const image = sharp(bytes, sharpOptions);
  if (format === 'jpeg' && readJpeg(bytes).components === INKS) {
    const { data, info } = await image
      .pipelineColourspace('cmyk')
      .toColourspace('cmyk')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { pixels: cmykToRgb(data), widthPx: info.width, heightPx: info.height };
  }
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { pixels: data, widthPx: info.width, heightPx: info.height };
}
