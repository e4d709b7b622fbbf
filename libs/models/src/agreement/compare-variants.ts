import { intersectionOverUnion } from '@cullstream/domain';
import type { ImagePrediction } from '@cullstream/inference';

/** The result for an image with one precision and preprocessing. */
export interface SampleResult extends ImagePrediction {
  readonly vector: Float32Array;
}

/** How much a precision and preprocessing differ from the baseline, over the same images. */
export interface Agreement {
  readonly images: number;
  readonly cosineMin: number;
  readonly cosineMedian: number;
  readonly groups: number;
  /** Groups of at least two images. Smaller ones offer no choice. */
  readonly contested: number;
  /** Groups in which another image than in the baseline has the highest score. */
  readonly picksChanged: number;
  /** Distance between the same corners of two boxes, in fractions of width and height. */
  readonly cornerMean: number;
  readonly cornerMax: number;
  readonly iouMean: number;
  readonly iouMin: number;
}

/**
 * Compares each image with the same image in the baseline. Both have the same shape, and no group
 * is empty.
 */
export function compareVariants(
  baseline: readonly (readonly SampleResult[])[],
  variant: readonly (readonly SampleResult[])[],
): Agreement {
  const before = baseline.flat();
  const after = variant.flat();
  const pairs = before.flatMap((each, index) => {
    const other = after[index];
    return other === undefined ? [] : [[each, other] as const];
  });
  const cosines = pairs.map(([a, b]) => cosine(a.vector, b.vector)).sort((a, b) => a - b);
  const corners = pairs.flatMap(([a, b]) => cornerDistances(a.crop, b.crop));
  const ious = pairs.map(([a, b]) => overlap(a.crop, b.crop));
  const picksChanged = baseline.filter(
    (members, index) => findBest(members) !== findBest(variant[index] ?? []),
  ).length;
  return {
    images: pairs.length,
    cosineMin: cosines[0] ?? NaN,
    cosineMedian: medianOfSorted(cosines),
    groups: baseline.length,
    contested: baseline.filter((members) => members.length > 1).length,
    picksChanged,
    cornerMean: mean(corners),
    cornerMax: Math.max(...corners),
    iouMean: mean(ious),
    iouMin: Math.min(...ious),
  };
}

type Box = ImagePrediction['crop'];

/** Position of the highest score. The first of equal scores is taken, as for decisions. */
function findBest(members: readonly SampleResult[]): number {
  return members.reduce(
    (best, { score }, index) => (score > (members[best]?.score ?? -Infinity) ? index : best),
    0,
  );
}

export function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  for (const [index, value] of a.entries()) dot += value * (b[index] ?? 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}

function cornerDistances(a: Box, b: Box): [number, number] {
  return [Math.hypot(a[0] - b[0], a[1] - b[1]), Math.hypot(a[2] - b[2], a[3] - b[3])];
}

/** Intersection over union. It is 1 for equal boxes, even if they have no area. */
function overlap(a: Box, b: Box): number {
  return a.every((side, index) => side === b[index]) ? 1 : intersectionOverUnion(a, b);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function medianOfSorted(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  return ((values[Math.floor(middle)] ?? NaN) + (values[Math.ceil(middle)] ?? NaN)) / 2;
}
