import type { OnPreprocessed } from '../preprocess.js';
import { inflatePng } from './inflate-png.js';
import { resamplePng } from './resample-png.js';
import { scanPng } from './scan-png.js';

/** Inflated images above this are left to sharp, which need not hold them whole. */
const MAX_INFLATED_BYTES = 512 * 1024 * 1024;

/**
 * The target pixels of a PNG of the plain kind, without sharp and with the same bits. Undoing the
 * filters of its rows goes with resampling them.
 * @returns undefined for every other PNG, damaged ones included: they are for sharp
 */
export async function preprocessPng(
  bytes: Uint8Array,
  onStage: OnPreprocessed = () => undefined,
): Promise<{ pixels: Uint8Array; widthPx: number; heightPx: number } | undefined> {
  const png = scanPng(bytes);
  if (png === undefined) return undefined;
  const { widthPx, heightPx, pixelBytes } = png;
  if (heightPx * (1 + widthPx * pixelBytes) > MAX_INFLATED_BYTES) return undefined;
  const startedMs = performance.now();
  const filtered = await inflatePng(png);
  const inflatedMs = performance.now();
  const pixels = filtered && resamplePng(png, filtered);
  if (pixels === undefined) return undefined;
  onStage('decode', inflatedMs - startedMs);
  onStage('resample', performance.now() - inflatedMs);
  return { pixels, widthPx, heightPx };
}
