import { Correlation, findPeaks, isNear, type Template } from './correlation.js';
import { resizeLuma, type Luma } from './luma.js';

/** A place of another size than the part that was found there. */
export interface ScaledMatch {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly score: number;
}

/** Longer side of the picture in which all places and sizes are tried. */
const COARSE_SIDE_PX = 96;
/** And of the largest in which the best are made exact. */
const FINE_SIDE_PX = 1024;
/** From here on the best place is told from the second best. */
const CLEAR_SIDE_PX = 192;
const SIZE_STEP = 0.96;
const LEAST_SIDE_PX = 10;
/** Smaller parts of a picture are not looked for: they fit by chance. */
const LEAST_SHARE = 0.15;
const PEAKS_OF_SIZE = 4;
const KEPT_FIRST = 12;
const KEPT_COARSE = 4;
const KEPT_CLEAR = 2;
const SAME_PLACE_PX = 2;
const SAME_SIZE_PX = 4;
/** What a smaller picture may be off by, in pixels of the next one. */
const FIRST_REACH_PX = 3;

/**
 * Finds where a part lies that was resized after it was cut out, its aspect ratio kept: sizes from the
 * largest that fits in the picture downwards, then size and place together, from coarse to fine.
 * @returns the best place, in pixels of `picture`; undefined where there is nothing to be found by
 */
export async function findScaled(picture: Luma, part: Luma): Promise<ScaledMatch | undefined> {
  const longSidePx = Math.max(picture.widthPx, picture.heightPx);
  let sidePx = Math.min(COARSE_SIDE_PX, longSidePx);
  let reduced = await reduceTo(picture, sidePx);
  let best = await tryAllSizes(reduced, part);
  while (best.length > 0) {
    const correlation = new Correlation(reduced);
    const templates = toTemplates(correlation, reduced, part);
    const climbed: ScaledMatch[] = [];
    for (const match of best) climbed.push(await climbWithSize(correlation, templates, match));
    best = keepApart(
      climbed,
      sidePx < CLEAR_SIDE_PX ? KEPT_COARSE : sidePx < FINE_SIDE_PX / 2 ? KEPT_CLEAR : 1,
    );
    const nextPx = Math.min(2 * sidePx, longSidePx, FINE_SIDE_PX);
    if (nextPx === sidePx) break;
    const larger = nextPx / sidePx;
    sidePx = nextPx;
    reduced = await reduceTo(picture, sidePx);
    best = best.map((match) => enlarge(match, larger));
  }
  const [found] = best;
  return found && enlarge(found, longSidePx / sidePx);
}

function reduceTo(picture: Luma, sidePx: number): Promise<Luma> {
  const share = sidePx / Math.max(picture.widthPx, picture.heightPx);
  return resizeLuma(
    picture,
    atLeastOne(picture.widthPx * share),
    atLeastOne(picture.heightPx * share),
  );
}

function atLeastOne(px: number): number {
  return Math.max(1, Math.round(px));
}

async function tryAllSizes(picture: Luma, part: Luma): Promise<ScaledMatch[]> {
  const correlation = new Correlation(picture);
  const largest = largestWidth(picture, part);
  const found: ScaledMatch[] = [];
  for (let widthPx = largest; widthPx >= largest * LEAST_SHARE; widthPx *= SIZE_STEP) {
    const [width, height] = [Math.round(widthPx), heightFor(part, widthPx)];
    if (Math.min(width, height) < LEAST_SIDE_PX) break;
    const template = correlation.template(await resizeLuma(part, width, height));
    if (template === undefined) continue;
    const peaks = findPeaks(correlation, template, PEAKS_OF_SIZE);
    found.push(...peaks.map((peak) => ({ ...peak, widthPx: width, heightPx: height })));
  }
  return keepApart(found, KEPT_FIRST);
}

/** The best that are no neighbours of better ones, in place and size, best first. */
function keepApart(matches: readonly ScaledMatch[], count: number): ScaledMatch[] {
  const kept: ScaledMatch[] = [];
  for (const match of [...matches].sort((a, b) => b.score - a.score)) {
    const isSame = (other: ScaledMatch) =>
      isNear(other, match, SAME_PLACE_PX) &&
      Math.abs(other.widthPx - match.widthPx) <= SAME_SIZE_PX;
    if (!kept.some(isSame)) kept.push(match);
    if (kept.length === count) break;
  }
  return kept;
}

function largestWidth(picture: Luma, part: Luma): number {
  return Math.min(picture.widthPx, (picture.heightPx * part.widthPx) / part.heightPx);
}

function heightFor(part: Luma, widthPx: number): number {
  return atLeastOne((widthPx * part.heightPx) / part.widthPx);
}

/** Templates of a part by their width, each made once; none is larger than the picture. */
function toTemplates(correlation: Correlation, picture: Luma, part: Luma) {
  const largest = Math.floor(largestWidth(picture, part));
  const made = new Map<number, Promise<Template | undefined>>();
  const make = async (widthPx: number) => {
    const heightPx = Math.min(picture.heightPx, heightFor(part, widthPx));
    return correlation.template(await resizeLuma(part, widthPx, heightPx));
  };
  return (wanted: number): Promise<Template | undefined> => {
    const widthPx = Math.min(largest, Math.max(LEAST_SIDE_PX, wanted));
    const template = made.get(widthPx) ?? make(widthPx);
    made.set(widthPx, template);
    return template;
  };
}

/** Changes place and size by a few pixels, then by single ones until nothing fits better. */
async function climbWithSize(
  correlation: Correlation,
  makeTemplate: (widthPx: number) => Promise<Template | undefined>,
  from: ScaledMatch,
): Promise<ScaledMatch> {
  let best: ScaledMatch = { ...from, score: -1 };
  for (let reach = FIRST_REACH_PX; ; reach = 1) {
    const before = best;
    for (let change = -reach; change <= reach; change++) {
      const template = await makeTemplate(before.widthPx + change);
      if (template === undefined) continue;
      for (const { leftPx, topPx } of placesAround(before, template, reach)) {
        const score = correlation.score(template, leftPx, topPx);
        const { widthPx, heightPx } = template;
        if (score > best.score) best = { leftPx, topPx, widthPx, heightPx, score };
      }
    }
    if (best === before) return best;
  }
}

function* placesAround({ leftPx, topPx }: ScaledMatch, template: Template, reach: number) {
  for (let down = -reach; down <= reach; down++) {
    for (let right = -reach; right <= reach; right++) {
      yield {
        leftPx: within(leftPx + right, template.lastLeftPx),
        topPx: within(topPx + down, template.lastTopPx),
      };
    }
  }
}

function within(px: number, last: number): number {
  return Math.min(Math.max(0, px), last);
}

function enlarge(
  { leftPx, topPx, widthPx, heightPx, score }: ScaledMatch,
  by: number,
): ScaledMatch {
  return {
    leftPx: Math.round(leftPx * by),
    topPx: Math.round(topPx * by),
    widthPx: Math.round(widthPx * by),
    heightPx: Math.round(heightPx * by),
    score,
  };
}
