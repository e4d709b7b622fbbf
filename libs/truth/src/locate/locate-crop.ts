import type { RgbImage } from '@cullstream/imaging';
import type { Edges } from './edges.js';
import { findExact, type Position } from './find-exact.js';
import { findPlace, freeSize, isRefuted, type Place } from './find-place.js';
import { toLuma, type Luma } from './luma.js';

/** How a crop was found: proven pixel by pixel, estimated by correlation, or not at all. */
export type LocateMethod = 'exact' | 'correlated' | 'scaled' | 'none';

/** `[x1, y1, x2, y2]` in pixels of the original; x2 and y2 are the first outside. */
export type PixelBox = readonly [number, number, number, number];

/** The part of an original that a finished image shows. */
export interface CropLocation {
  readonly method: LocateMethod;
  /** Null if it is not known. */
  readonly box: PixelBox | null;
  /** 1 for `exact`, else the correlation coefficient; null if nothing was found. */
  readonly score: number | null;
}

/** Places with a lower score are not accepted. */
const LEAST_SCORE = 0.8;
/** From this score on the image was probably not resized: other sizes are only tried near the place. */
const CLEAR_SCORE = 0.95;

/**
 * Finds the part of an original that a finished image shows: the only place with the same pixels, else by
 * correlation at the same size, else at other sizes.
 */
export async function locateCrop(original: RgbImage, final: RgbImage): Promise<CropLocation> {
  const fits = final.widthPx <= original.widthPx && final.heightPx <= original.heightPx;
  if (fits) {
    const [position, another] = findExact(original, final);
    if (another !== undefined) return notFound;
    if (position !== undefined) {
      return { method: 'exact', score: 1, box: placeAt(position, final) };
    }
  }
  const [picture, part] = [toLuma(original), toLuma(final)];
  const same = fits ? await findPlace(picture, part, false) : undefined;
  const isSame = same !== undefined && same.isKnown && same.score >= LEAST_SCORE;
  if (isSame && (await isClear(picture, part, same))) return toCorrelated(same, final);
  const scaled = await findPlace(picture, part, true);
  if (isSame && !isRefuted(same, scaled)) return toCorrelated(same, final);
  return scaled === undefined || !scaled.isKnown || scaled.score < LEAST_SCORE
    ? notFound
    : { method: 'scaled', score: scaled.score, box: toBox(scaled.edges, picture) };
}

/** Whether a place of the part's own size fits so well that other sizes need not be tried everywhere. */
async function isClear(picture: Luma, part: Luma, same: Place): Promise<boolean> {
  if (same.score < CLEAR_SCORE) return false;
  const free = await freeSize(picture, part, same);
  return free.isKnown && !isRefuted(same, free);
}

const notFound: CropLocation = { method: 'none', score: null, box: null };

function toCorrelated({ edges, score }: Place, final: RgbImage): CropLocation {
  const position = { leftPx: Math.round(edges.left), topPx: Math.round(edges.top) };
  return { method: 'correlated', score, box: placeAt(position, final) };
}

function placeAt({ leftPx, topPx }: Position, { widthPx, heightPx }: RgbImage): PixelBox {
  return [leftPx, topPx, leftPx + widthPx, topPx + heightPx];
}

/** Rounds edges to whole pixels within the picture. */
function toBox({ left, top, right, bottom }: Edges, { widthPx, heightPx }: Luma): PixelBox {
  const within = (px: number, most: number) => Math.min(most, Math.max(0, Math.round(px)));
  return [
    within(left, widthPx),
    within(top, heightPx),
    within(right, widthPx),
    within(bottom, heightPx),
  ];
}
