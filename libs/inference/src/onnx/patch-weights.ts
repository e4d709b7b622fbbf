import { CLIP_MEAN, CLIP_STD } from '../session/normalize-pixels.js';
import type { ClipParameters } from './clip-parameters.js';

/**
 * The first convolution as a matrix [width, patch * patch * 3] over raw pixel values: a patch is
 * read once, so convolution and normalisation are one product. w · (v / 255 - mean) / std becomes
 * w / (255 std) · v plus a constant, which {@link loadPositions} carries.
 */
export async function loadPixelWeights({
  architecture,
  get,
}: ClipParameters): Promise<Float32Array> {
  const { width, patchPx } = architecture;
  const weights = await get('conv1.weight').read();
  const area = patchPx * patchPx;
  const folded = new Float32Array(weights.length);
  for (let out = 0; out < width; out++) {
    for (let channel = 0; channel < 3; channel++) {
      const scale = 1 / (255 * (CLIP_STD[channel] ?? 1));
      const from = (out * 3 + channel) * area;
      const to = out * area * 3 + channel;
      for (let at = 0; at < area; at++) folded[to + at * 3] = (weights[from + at] ?? 0) * scale;
    }
  }
  return folded;
}

/** What normalisation subtracts from each output of the first convolution, float64 [width]. */
function meanShift(weights: Float32Array, width: number, area: number): Float64Array {
  const shift = new Float64Array(width);
  for (let out = 0; out < width; out++) {
    for (let channel = 0; channel < 3; channel++) {
      const scale = (CLIP_MEAN[channel] ?? 0) / (CLIP_STD[channel] ?? 1);
      const from = (out * 3 + channel) * area;
      for (let at = 0; at < area; at++) {
        shift[out] = (shift[out] ?? 0) - (weights[from + at] ?? 0) * scale;
      }
    }
  }
  return shift;
}

/**
 * Positions [1 + patches, width] with all that is added to every image: the class embedding in the
 * first row, and in the others what the folded normalisation takes away (`raw` pixels only).
 */
export async function loadPositions(
  { architecture, get }: ClipParameters,
  input: 'raw' | 'normalised',
): Promise<Float32Array> {
  const { width, patchPx } = architecture;
  const positions = await get('positional_embedding').read();
  const classToken = await get('class_embedding').read();
  const area = patchPx * patchPx;
  const shift =
    input === 'raw'
      ? meanShift(await get('conv1.weight').read(), width, area)
      : new Float64Array(width);
  return positions.map((value, index) => {
    const column = index % width;
    return value + ((index < width ? classToken[column] : shift[column]) ?? 0);
  });
}
