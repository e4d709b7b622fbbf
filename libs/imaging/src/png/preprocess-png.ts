import type { PreprocessOptions } from '../preprocess-options.js';
import { hasReadableRows } from './plain-rows.js';
import { resamplePng } from './resample-png.js';
import { scanPng } from './scan-png.js';

/**
 * The target pixels of a PNG of the plain kind, with the bits of `decodePng`. Blocks the thread
 * it is called on.
 * @returns undefined for every other PNG, damaged ones included: they are for `decodePng`
 */
export function preprocessPng(
  bytes: Uint8Array,
  { onStage = () => undefined, crc32 }: PreprocessOptions = {},
): { pixels: Uint8Array; widthPx: number; heightPx: number } | undefined {
  const startedMs = performance.now();
  const png = scanPng(bytes, crc32);
  if (png === undefined || !hasReadableRows(png)) return undefined;
  let inflatingMs = 0;
  const pixels = resamplePng(png, (durationMs) => (inflatingMs += durationMs));
  if (pixels === undefined) return undefined;
  const { widthPx, heightPx, pixelBytes } = png;
  onStage('decode', inflatingMs, bytes.length);
  onStage('resample', performance.now() - startedMs - inflatingMs, widthPx * heightPx * pixelBytes);
  return { pixels, widthPx, heightPx };
}
