import type { PreprocessOptions } from '../preprocess-options.js';
import { hasReadableRows } from './plain-rows.js';
import { resamplePng } from './resample-png.js';
import { scanPng } from './scan-png.js';

/**
 * The resampled pixels of a plain PNG, exactly as with `decodePng`. Blocks the calling thread.
 * @returns undefined for every other PNG, including damaged ones, which `decodePng` handles
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
