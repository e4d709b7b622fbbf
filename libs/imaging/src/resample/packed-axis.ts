import { type AxisWeights } from './axis-weights.js';
import { TARGET_SIZE_PX } from './target-window.js';

/** Weights of one axis as the WebAssembly passes read them. */
export interface PackedAxis {
  /** Per output: `unit` low halves, then `unit` high halves, repeated `units` times; int16. */
  readonly weights: Int16Array;
  /** Number of groups of taps, the same for each output: the last ones are padded with zeros. */
  readonly units: number;
}

/**
 * Splits fixed-point weights into two 16-bit halves, low + high * 2^16 with a signed low half, so that 16-bit
 * multiplications give exactly the same 32-bit sum.
 * @param unit number of taps that a step processes
 */
export function packAxis(axis: AxisWeights, unit: number): PackedAxis {
  const units = Math.ceil(Math.max(...axis.counts) / unit);
  const weights = new Int16Array(TARGET_SIZE_PX * units * unit * 2);
  for (let index = 0; index < TARGET_SIZE_PX; index++) {
    for (let tap = 0; tap < (axis.counts[index] ?? 0); tap++) {
      const weight = axis.weights[index * axis.taps + tap] ?? 0;
      const low = (weight << 16) >> 16;
      const step = index * units + Math.floor(tap / unit);
      const place = step * unit * 2 + (tap % unit);
      weights[place] = low;
      weights[place + unit] = (weight - low) >> 16;
    }
  }
  return { weights, units };
}
