import { Correlation } from './correlation.js';
import { edgesApart, type Edges } from './edges.js';
import { findAtSize, sizesWithin, type Candidate } from './find-candidates.js';
import type { Luma } from './luma.js';
import { PlaceAligner, type AlignedPlace } from './place-aligner.js';

/** The place where a part fits best. */
export interface Place {
  readonly edges: Edges;
  /** Correlation coefficient, 0 to 1. */
  readonly score: number;
  /** Standard deviation of the edge that is known worst, in pixels. */
  readonly unsureByPx: number;
  /** Whether the edges are known, and no other place fits nearly as well. */
  readonly isKnown: boolean;
}

/** Longer side of the picture in which all places are tried, and of the following ones. */
const SIDES_PX = [96, 192, 384, 768, 1536];
/** How many places are looked at in each of them. */
const KEPT = [16, 10, 6, 4, 3];
const KEPT_LAST = 3;
/** A place whose errors are so many times as large as another's stays behind it. */
const HOPELESS = 4;
/** Below this, errors are those of encoding. */
const LEAST_ERROR = 0.0005;
/** So many times as large are the errors of any place that is surely another one. */
const CLEARLY_WORSE = 1.5;
/** Places of which there are too many differ by less than this. */
const HARDLY_WORSE = 2;
/** Of too many places the right one has errors without a pattern. */
const MOST_MISFIT = 0.1;
/**
 * The edges are known where they are off by less than this, as a share of the longer side, or in pixels: by no
 * more than a crop may be off the full frame to count as none.
 */
const KNOWN_WITHIN = 0.02;
const KNOWN_WITHIN_PX = 2;
/** So many standard deviations are hardly ever exceeded. */
const SURE = 3;
/** The same place and size, but for what interpolation is off by. */
const SAME_WITHIN_PX = 1;

/**
 * Finds where a part lies in a picture that has other pixels than it: encoded anew, edited or resized. From
 * coarse to fine: everywhere in a reduced picture, then the best places in larger ones, between pixels.
 * @param isResized whether other sizes than the part's own are tried; its aspect ratio is kept
 * @returns undefined where there is nothing to be found by
 */
export async function findPlace(
  picture: Luma,
  part: Luma,
  isResized: boolean,
): Promise<Place | undefined> {
  const aligner = new PlaceAligner(picture, part, isResized);
  const sides = toSides(aligner, isResized);
  let places = await findEverywhere(aligner, sides[0] ?? 1, isResized);
  let isCrowded = false;
  let found: AlignedPlace[] = [];
  for (const [level, sidePx] of sides.entries()) {
    const aligned: AlignedPlace[] = [];
    for (const place of places) {
      const better = await aligner.align(place.edges, sidePx);
      if (better !== undefined) aligned.push(better);
    }
    const apart = keepApart(aligned, (2 * aligner.longSidePx) / sidePx);
    found = apart.slice(0, KEPT[level] ?? KEPT_LAST);
    isCrowded ||= hasMoreLikeIt(found, apart);
    places = found;
  }
  const [best, ...others] = found;
  if (best === undefined) return undefined;
  const isAlone = others.every((other) => isClearlyWorse(other, best));
  const isKnown = isAlone && isSure(aligner, best) && !(isCrowded && best.misfit > MOST_MISFIT);
  return { ...best, isKnown };
}

/** Where a part fits best near a place that was found for its own size, when that is free. */
export async function freeSize(picture: Luma, part: Luma, place: Place): Promise<Place> {
  const aligner = new PlaceAligner(picture, part, true);
  let best: AlignedPlace | undefined;
  for (const sidePx of toSides(aligner, true).slice(-2)) {
    best = (await aligner.align(best?.edges ?? place.edges, sidePx)) ?? best;
  }
  return best === undefined ? place : { ...best, isKnown: isSure(aligner, best) };
}

/** Whether a place of another size shows that a place of the part's own size is the wrong one. */
export function isRefuted(same: Place, resized: Place | undefined): boolean {
  if (resized === undefined || resized.score <= same.score) return false;
  const mostPx = Math.max(SAME_WITHIN_PX, SURE * resized.unsureByPx);
  return isClearlyWorse(same, resized) || edgesApart(same.edges, resized.edges) > mostPx;
}

function isSure({ longSidePx }: PlaceAligner, { unsureByPx }: AlignedPlace): boolean {
  return SURE * unsureByPx <= Math.max(KNOWN_WITHIN_PX, KNOWN_WITHIN * longSidePx);
}

/** What is found by is not finer than the last one; of resized pictures the finest tells little more. */
function toSides({ longSidePx }: PlaceAligner, isResized: boolean): number[] {
  const smaller = SIDES_PX.filter((side) => side < longSidePx);
  return isResized && smaller.length === SIDES_PX.length ? smaller : [...smaller, longSidePx];
}

async function findEverywhere(
  aligner: PlaceAligner,
  sidePx: number,
  isResized: boolean,
): Promise<Candidate[]> {
  const picture = await aligner.reducedPicture(sidePx);
  const part = await aligner.reducedPart(2 * sidePx);
  const scale = sidePx / aligner.longSidePx;
  const { widthPx, heightPx } = aligner.part;
  const sizes = isResized
    ? sizesWithin(picture, part)
    : [{ widthPx: widthPx * scale, heightPx: heightPx * scale }];
  const correlation = new Correlation(picture);
  const found: Candidate[] = [];
  for (const size of sizes) found.push(...(await findAtSize(correlation, part, size, scale)));
  return keepApart(found, 1 / scale).slice(0, 2 * (KEPT[0] ?? 1));
}

function isClearlyWorse(other: Candidate, best: Candidate): boolean {
  return toError(other) > CLEARLY_WORSE * toError(best);
}

/** Whether places are not looked at any further that fit about as well as the best. */
function hasMoreLikeIt(kept: readonly AlignedPlace[], all: readonly AlignedPlace[]): boolean {
  const [best] = kept;
  const next = all[kept.length];
  return best !== undefined && next !== undefined && toError(next) < HARDLY_WORSE * toError(best);
}

/** Share of the variance that is not explained. */
function toError({ score }: Candidate): number {
  return 1 - score * Math.abs(score) + LEAST_ERROR;
}

/** Those that are no neighbours of better ones, best first, without the hopeless. */
function keepApart<T extends Candidate>(found: readonly T[], apartPx: number): T[] {
  const kept: T[] = [];
  for (const each of [...found].sort((a, b) => b.score - a.score)) {
    const [best] = kept;
    if (best !== undefined && toError(each) > HOPELESS * toError(best)) break;
    if (kept.every((other) => edgesApart(other.edges, each.edges) >= apartPx)) kept.push(each);
  }
  return kept;
}
