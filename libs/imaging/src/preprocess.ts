import type { Preprocessing } from '@cullstream/contracts';
import { decodeFast } from './decode/decode-fast.js';
import { decodeRgb } from './decode/decode-rgb.js';
import { requireImageFormat } from './decode/require-image-format.js';
import { preprocessPng } from './png/preprocess-png.js';
import type { PreprocessedImage, PreprocessOptions } from './preprocess-options.js';
import { resampleExact } from './resample/resample-exact.js';

/**
 * The pixels of an image for CLIP ViT-B/32, before normalisation: Resize(224, bicubic) and CenterCrop(224) of
 * open_clip's inference transform.
 * @param mode `exact` gives the same bits as Pillow; `fast` lets sharp shrink JPEG and WebP while it loads
 *   them, which counts as decoding
 * @throws {PermanentError} `empty-file`, `not-an-image`, `image-too-large`, `image-truncated`,
 *   `image-undecodable`
 *
 * @example
 * ```ts
 * const { pixels, widthPx } = await preprocess(await readFile('a.png'), 'exact');
 * pixels.length; // 224 * 224 * 3
 * ```
 */
export async function preprocess(
  bytes: Uint8Array,
  mode: Preprocessing,
  options: PreprocessOptions = {},
): Promise<PreprocessedImage> {
  const { onStage = () => undefined } = options;
  const startedMs = performance.now();
  const format = requireImageFormat(bytes);
  if (format === 'png') {
    const plain = preprocessPng(bytes, options);
    if (plain !== undefined) return plain;
  } else if (mode === 'fast') {
    const shrunk = await decodeFast(bytes, format);
    if (shrunk !== undefined) {
      onStage('decode', performance.now() - startedMs, bytes.length);
      return shrunk;
    }
  }
  const { pixels, widthPx, heightPx } = await decodeRgb(bytes);
  const decodedMs = performance.now();
  const resampled = resampleExact(pixels, widthPx, heightPx);
  onStage('decode', decodedMs - startedMs, bytes.length);
  onStage('resample', performance.now() - decodedMs, pixels.length);
  return { pixels: resampled, widthPx, heightPx };
}
