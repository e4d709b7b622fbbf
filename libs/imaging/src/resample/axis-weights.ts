import { TARGET_SIZE_PX } from './target-window.js';

/** Weights are fixed point with 22 fractional bits, as Pillow's for 8-bit channels. */
export const PRECISION_BITS = 22;

/** How the 224 output positions of one axis are computed from its input positions. */
export interface AxisWeights {
  /** First input position of each output, [224]. */
  readonly starts: Int32Array;
  /** Number of input positions of each output, [224]. */
  readonly counts: Int32Array;
  /** Fixed-point weights, [224][taps]; zero behind an output's count. */
  readonly weights: Int32Array;
  readonly taps: number;
  /** First input position that any output needs, and the one behind the last. */
  readonly from: number;
  readonly to: number;
}

const CUBIC_SUPPORT = 2;

/**
 * Pillow's bicubic weights (a = -0.5, antialiased) for outputs `offset` to `offset + 223` of an axis
 * resized from `inSize` to `outSize`. An axis that keeps its length is copied, not filtered.
 * Source: Pillow, src/libImaging/Resample.c, precompute_coeffs and normalize_coeffs_8bpc.
 */
export function axisWeights(inSize: number, outSize: number, offset: number): AxisWeights {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = inSize === outSize ? 0 : CUBIC_SUPPORT * filterScale;
  const taps = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(TARGET_SIZE_PX);
  const counts = new Int32Array(TARGET_SIZE_PX);
  const weights = new Int32Array(TARGET_SIZE_PX * taps);
  const kernel = new Float64Array(taps);
  for (let index = 0; index < TARGET_SIZE_PX; index++) {
    if (inSize === outSize) {
      starts[index] = offset + index;
      counts[index] = 1;
      weights[index] = 1 << PRECISION_BITS;
      continue;
    }
    const center = (offset + index + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(inSize, Math.trunc(center + support + 0.5));
    const sum = fillKernel(kernel, start, end, center, 1 / filterScale);
    for (let tap = 0; tap < end - start; tap++) {
      weights[index * taps + tap] = toFixedPoint((kernel[tap] ?? 0) / sum);
    }
    starts[index] = start;
    counts[index] = end - start;
  }
  const last = TARGET_SIZE_PX - 1;
  return {
    starts,
    counts,
    weights,
    taps,
    from: starts[0] ?? 0,
    to: (starts[last] ?? 0) + (counts[last] ?? 0),
  };
}

function fillKernel(
  kernel: Float64Array,
  start: number,
  end: number,
  center: number,
  inverseScale: number,
): number {
  let sum = 0;
  for (let tap = 0; tap < end - start; tap++) {
    const weight = cubic((tap + start - center + 0.5) * inverseScale);
    kernel[tap] = weight;
    sum += weight;
  }
  return sum;
}

function cubic(distance: number): number {
  const t = Math.abs(distance);
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  if (t < 2) return -0.5 * (((t - 5) * t + 8) * t - 4);
  return 0;
}

function toFixedPoint(weight: number): number {
  return Math.trunc(weight * (1 << PRECISION_BITS) + (weight < 0 ? -0.5 : 0.5));
}
