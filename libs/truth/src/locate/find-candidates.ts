import { Correlation, findPeaks } from './correlation.js';
import type { Edges } from './edges.js';
import { resizeLuma, type Luma } from './luma.js';

/** An approximate place that may be the right one. */
export interface Candidate {
  /** In pixels of the whole picture. */
  readonly edges: Edges;
  readonly score: number;
}

const SIZE_STEP = 0.96;
const LEAST_SIDE_PX = 8;
/** Parts that are smaller than this share of the picture are not searched, since they fit by chance. */
const LEAST_SHARE = 0.15;
const PEAKS_OF_SIZE = 8;

/** Searches a whole reduced picture for a part of one size. */
export async function findAtSize(
  picture: Correlation,
  part: Luma,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
  scale: number,
): Promise<Candidate[]> {
  const [columns, rows] = [Math.max(1, Math.round(widthPx)), Math.max(1, Math.round(heightPx))];
  const template = picture.template(await resizeLuma(part, columns, rows));
  if (template === undefined) return [];
  return findPeaks(picture, template, PEAKS_OF_SIZE).map(({ leftPx, topPx, score }) => ({
    edges: {
      left: leftPx / scale,
      top: topPx / scale,
      right: (leftPx + columns) / scale,
      bottom: (topPx + rows) / scale,
    },
    score,
  }));
}

/** Possible sizes of a part in a picture, with its aspect ratio, from the largest that fits downwards. */
export function* sizesWithin(picture: Luma, part: Luma) {
  const largest = Math.min(
    1,
    (picture.heightPx * part.widthPx) / (part.heightPx * picture.widthPx),
  );
  for (let share = largest; share >= largest * LEAST_SHARE; share *= SIZE_STEP) {
    const widthPx = share * picture.widthPx;
    const heightPx = (widthPx * part.heightPx) / part.widthPx;
    if (Math.min(widthPx, heightPx) < LEAST_SIDE_PX) return;
    yield { widthPx, heightPx };
  }
}
