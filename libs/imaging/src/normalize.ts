import { TARGET_SIZE_PX } from './resample/target-window.js';

/** OpenAI's CLIP statistics, as open_clip and torchvision use them. */
const MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
const STD = [0.26862954, 0.26130258, 0.27577711] as const;

/**
 * Normalised value of every channel and 8-bit sample, [3][256], each step in float32 as torchvision's
 * ToTensor and Normalize compute it.
 */
export function normalizeLut(): Float32Array {
  const lut = new Float32Array(3 * 256);
  for (const channel of [0, 1, 2] as const) {
    const mean = Math.fround(MEAN[channel]);
    const std = Math.fround(STD[channel]);
    for (let sample = 0; sample < 256; sample++) {
      lut[channel * 256 + sample] = Math.fround(Math.fround(sample / 255) - mean) / std;
    }
  }
  return lut;
}

let sharedLut: Float32Array | undefined;

/**
 * Pixels as the model takes them.
 * @param pixels RGB, 8 bits, [224][224][3]
 * @param target where to write, for instance one image of a batch; new memory when left out
 * @returns normalised float32, [3][224][224]
 */
export function toNormalizedChw(pixels: Uint8Array, target?: Float32Array): Float32Array {
  sharedLut ??= normalizeLut();
  const plane = TARGET_SIZE_PX * TARGET_SIZE_PX;
  const output = target ?? new Float32Array(3 * plane);
  for (let index = 0, byte = 0; index < plane; index++, byte += 3) {
    output[index] = sharedLut[pixels[byte] ?? 0] ?? 0;
    output[plane + index] = sharedLut[256 + (pixels[byte + 1] ?? 0)] ?? 0;
    output[2 * plane + index] = sharedLut[512 + (pixels[byte + 2] ?? 0)] ?? 0;
  }
  return output;
}
