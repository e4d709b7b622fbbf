import { axisWeights, PRECISION_BITS, type AxisWeights } from './axis-weights.js';
import { TARGET_BYTES, TARGET_SIZE_PX, targetWindow } from './target-window.js';

const ROW_BYTES = TARGET_SIZE_PX * 3;
const HALF = 1 << (PRECISION_BITS - 1);

/**
 * Pillow's 8-bit bicubic Resize(224) with CenterCrop(224), in plain TypeScript: the reference that
 * the WebAssembly resampler is tested against.
 * @param pixels RGB, 8 bits, [heightPx][widthPx][3]
 * @returns RGB, 8 bits, [224][224][3]
 */
export function resampleReference(
  pixels: Uint8Array,
  widthPx: number,
  heightPx: number,
): Uint8Array {
  const window = targetWindow(widthPx, heightPx);
  const columns = axisWeights(widthPx, window.resizedWidthPx, window.leftPx);
  const rows = axisWeights(heightPx, window.resizedHeightPx, window.topPx);
  const narrow = new Uint8ClampedArray((rows.to - rows.from) * ROW_BYTES);
  for (let y = rows.from; y < rows.to; y++) {
    const source = pixels.subarray(y * widthPx * 3, (y + 1) * widthPx * 3);
    filterRow(source, columns, narrow.subarray((y - rows.from) * ROW_BYTES));
  }
  return filterColumns(narrow, rows);
}

function filterRow(source: Uint8Array, axis: AxisWeights, target: Uint8ClampedArray): void {
  for (let x = 0; x < TARGET_SIZE_PX; x++) {
    const start = axis.starts[x] ?? 0;
    const count = axis.counts[x] ?? 0;
    for (let channel = 0; channel < 3; channel++) {
      let sum = HALF;
      for (let tap = 0; tap < count; tap++) {
        const value = source[(start + tap) * 3 + channel] ?? 0;
        sum += value * (axis.weights[x * axis.taps + tap] ?? 0);
      }
      target[x * 3 + channel] = sum >> PRECISION_BITS;
    }
  }
}

function filterColumns(narrow: Uint8ClampedArray, axis: AxisWeights): Uint8Array {
  const output = new Uint8ClampedArray(TARGET_BYTES);
  for (let y = 0; y < TARGET_SIZE_PX; y++) {
    const start = (axis.starts[y] ?? 0) - axis.from;
    const count = axis.counts[y] ?? 0;
    for (let byte = 0; byte < ROW_BYTES; byte++) {
      let sum = HALF;
      for (let tap = 0; tap < count; tap++) {
        const value = narrow[(start + tap) * ROW_BYTES + byte] ?? 0;
        sum += value * (axis.weights[y * axis.taps + tap] ?? 0);
      }
      output[y * ROW_BYTES + byte] = sum >> PRECISION_BITS;
    }
  }
  return new Uint8Array(output.buffer);
}
