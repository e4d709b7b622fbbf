import type { RgbImage } from '@cullstream/imaging';
import { Correlation } from './correlation.js';
import { findCorrelated } from './find-correlated.js';
import { findExact } from './find-exact.js';
import { findScaled } from './find-scaled.js';
import { toLuma, type Luma } from './luma.js';

/** How a crop was found: proven pixel by pixel, estimated by correlation, or not at all. */
export type LocateMethod = 'exact' | 'correlated' | 'scaled' | 'none';

/** `[x1, y1, x2, y2]` in pixels of the original; x2 and y2 are the first outside. */
export type PixelBox = readonly [number, number, number, number];

/** What of an original a finished image shows. */
export interface CropLocation {
  readonly method: LocateMethod;
  /** Null where it is not known. */
  readonly box: PixelBox | null;
  /** 1 for `exact`, else the correlation coefficient; null where nothing was found. */
  readonly score: number | null;
}

/** What fits less well is not taken for the place. */
const LEAST_SCORE = 0.8;
/** What was only encoded anew fits as well as this: nothing else needs to be tried. */
const CLEAR_SCORE = 0.98;
/** By how much another scale must fit better than the same. */
const BETTER_BY = 0.02;

/**
 * Finds what of an original a finished image shows: the same pixels, where there is one place that has
 * them; else by correlation at the same scale, else at others.
 */
export async function locateCrop(original: RgbImage, final: RgbImage): Promise<CropLocation> {
  const isSameSize = original.widthPx === final.widthPx && original.heightPx === final.heightPx;
  const fits = final.widthPx <= original.widthPx && final.heightPx <= original.heightPx;
  if (fits) {
    const [position, another] = findExact(original, final);
    if (another !== undefined) return notFound;
    if (position !== undefined) {
      return { method: 'exact', score: 1, box: toBox({ ...position, ...toSize(final) }) };
    }
  }
  const [picture, part] = [toLuma(original), toLuma(final)];
  const same = isSameSize
    ? scoreInPlace(picture, part)
    : fits
      ? await findCorrelated(picture, part)
      : undefined;
  if (same !== undefined && same.score >= CLEAR_SCORE) return toCorrelated(same, final);
  const scaled = await findScaled(picture, part);
  const sameScore = Math.max(LEAST_SCORE, (same?.score ?? 0) + BETTER_BY);
  if (scaled !== undefined && scaled.score >= sameScore) {
    return { method: 'scaled', score: scaled.score, box: toBox(clip(scaled, picture)) };
  }
  if (same !== undefined && same.score >= LEAST_SCORE) return toCorrelated(same, final);
  return notFound;
}

const notFound: CropLocation = { method: 'none', score: null, box: null };

interface Placed {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

function toSize({ widthPx, heightPx }: RgbImage) {
  return { widthPx, heightPx };
}

function scoreInPlace(picture: Luma, part: Luma) {
  const correlation = new Correlation(picture);
  const template = correlation.template(part);
  if (template === undefined) return undefined;
  return { leftPx: 0, topPx: 0, score: correlation.score(template, 0, 0) };
}

function toCorrelated(
  match: { readonly leftPx: number; readonly topPx: number; readonly score: number },
  final: RgbImage,
): CropLocation {
  const { score } = match;
  return { method: 'correlated', score, box: toBox({ ...match, ...toSize(final) }) };
}

/** Rounding may have put it a pixel outside. */
function clip(placed: Placed, { widthPx, heightPx }: Luma): Placed {
  const leftPx = Math.min(placed.leftPx, widthPx - 1);
  const topPx = Math.min(placed.topPx, heightPx - 1);
  return {
    leftPx,
    topPx,
    widthPx: Math.min(placed.widthPx, widthPx - leftPx),
    heightPx: Math.min(placed.heightPx, heightPx - topPx),
  };
}

function toBox({ leftPx, topPx, widthPx, heightPx }: Placed): PixelBox {
  return [leftPx, topPx, leftPx + widthPx, topPx + heightPx];
}
