import { IMAGE_SIDE_PX } from '@cullstream/contracts';

/** Number of pixels, and of values, of CLIP's input. */
export const PIXELS_PER_IMAGE = IMAGE_SIDE_PX * IMAGE_SIDE_PX;
export const IMAGE_VALUES = PIXELS_PER_IMAGE * 3;

/** Mean and standard deviation of each channel (RGB, 0 to 1) in OpenAI's CLIP preprocessing. */
export const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
export const CLIP_STD = [0.26862954, 0.26130258, 0.27577711] as const;

/**
 * Normalised value of every pixel value, float32 [3][256], rounded to float32 at each step as torch
 * does: (v / 255 - mean) / std.
 */
export function normalizationTable(): Float32Array {
  const table = new Float32Array(3 * 256);
  for (const [channel, mean] of CLIP_MEAN.entries()) {
    const std = Math.fround(CLIP_STD[channel] ?? 1);
    for (let value = 0; value < 256; value++) {
      const centred = Math.fround(Math.fround(value / 255) - Math.fround(mean));
      table[channel * 256 + value] = centred / std;
    }
  }
  return table;
}

/**
 * RGB pixels uint8 [n,224,224,3] → one table value each, in planes [n,3,224,224].
 * `table` is [3][256]; `planes` is written.
 */
export function toPlanes<T extends Float32Array | Uint16Array>(
  pixels: Uint8Array,
  table: T,
  planes: T,
): void {
  const [green, blue] = [256, 512];
  for (let image = 0; image < pixels.length; image += IMAGE_VALUES) {
    // In one pass: one for each channel takes nearly twice as long.
    for (let at = image, to = image; at < image + IMAGE_VALUES; at += 3, to++) {
      planes[to] = table[pixels[at] ?? 0] ?? 0;
      planes[to + PIXELS_PER_IMAGE] = table[green + (pixels[at + 1] ?? 0)] ?? 0;
      planes[to + 2 * PIXELS_PER_IMAGE] = table[blue + (pixels[at + 2] ?? 0)] ?? 0;
    }
  }
}
