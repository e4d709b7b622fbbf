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
  /** Standard deviation of the least certain edge, in pixels. */
  readonly unsureByPx: number;
  /** Whether the edges are known, and no other place fits nearly as well. */
  readonly isKnown: boolean;
}

/** Longer sides of the reduced pictures. In the first one all places are tried. */
const SIDES_PX = [96, 192, 384, 768, 1536];
/** How many places are kept in each of them. */
const KEPT = [16, 10, 6, 4, 3];
const KEPT_LAST = 3;
/** A place is dropped if its error is this many times as large as that of the best one. */
const HOPELESS = 4;
/** Smaller errors are caused by encoding. */
const LEAST_ERROR = 0.0005;
/** A place is certainly wrong if its error is this many times as large as that of the best one. */
const CLEARLY_WORSE = 1.5;
/** Places fit about as well as the best one if their errors are less than this many times as large. */
const HARDLY_WORSE = 2;
/** If too many places fit about as well, the best one is only accepted with residuals like noise. */
const MOST_MISFIT = 0.1;
/**
 * The edges count as known if they are off by less than this, as a share of the longer side or in pixels. The
 * share is that by which a crop may differ from the full frame and still count as no crop.
 */
const KNOWN_WITHIN = 0.02;
const KNOWN_WITHIN_PX = 2;
/** Number of standard deviations that is hardly ever exceeded. */
const SURE = 3;
/** Places within this distance are the same: interpolation is not more exact. */
const SAME_WITHIN_PX = 1;

/**
 * Finds the place of a part in a picture although its pixels differ, since it was encoded again, edited or
 * resized. Works from coarse to fine: first everywhere in a reduced picture, then near the best places in
 * larger ones, with precision below one pixel.
 * @param isResized whether other sizes than the part's own are tried; its aspect ratio is kept
 * @returns undefined if the part is too even to be found
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

/** The best place for any size of the part, near the place that was found for its own size. */
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

/** The sides of the reduced pictures. For resized parts the full size is left out: it adds little. */
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

/** Whether a place was dropped that fits about as well as the best. */
function hasMoreLikeIt(kept: readonly AlignedPlace[], all: readonly AlignedPlace[]): boolean {
  const [best] = kept;
  const next = all[kept.length];
  return best !== undefined && next !== undefined && toError(next) < HARDLY_WORSE * toError(best);
}

/** Share of the variance that is not explained. */
function toError({ score }: Candidate): number {
  return 1 - score * Math.abs(score) + LEAST_ERROR;
}

/** Drops places that are close to better ones or much worse than the best; best first. */
function keepApart<T extends Candidate>(found: readonly T[], apartPx: number): T[] {
  const kept: T[] = [];
  for (const each of [...found].sort((a, b) => b.score - a.score)) {
    const [best] = kept;
    if (best !== undefined && toError(each) > HOPELESS * toError(best)) break;
    if (kept.every((other) => edgesApart(other.edges, each.edges) >= apartPx)) kept.push(each);
  }
  return kept;
}
