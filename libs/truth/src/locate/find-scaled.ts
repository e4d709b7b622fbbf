import { Correlation, scoreEverywhere } from './correlation.js';
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
const KEPT = 4;
/** Pixels by which place and size are changed at a time. */
const STEPS = [-1, 0, 1] as const;

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
    const climbed = await Promise.all(
      best.map((match) => climbWithSize(correlation, reduced, part, match)),
    );
    best = climbed.sort((a, b) => b.score - a.score).slice(0, sidePx < CLEAR_SIDE_PX ? 2 : 1);
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
    const [top] = scoreEverywhere(correlation, template).sort((a, b) => b.score - a.score);
    if (top !== undefined) found.push({ ...top, widthPx: width, heightPx: height });
  }
  return found.sort((a, b) => b.score - a.score).slice(0, KEPT);
}

function largestWidth(picture: Luma, part: Luma): number {
  return Math.min(picture.widthPx, (picture.heightPx * part.widthPx) / part.heightPx);
}

function heightFor(part: Luma, widthPx: number): number {
  return atLeastOne((widthPx * part.heightPx) / part.widthPx);
}

/** Changes place and size by single pixels until nothing fits better. */
async function climbWithSize(
  correlation: Correlation,
  picture: Luma,
  part: Luma,
  from: ScaledMatch,
): Promise<ScaledMatch> {
  const largest = Math.floor(largestWidth(picture, part));
  let best: ScaledMatch = { ...from, score: -1 };
  for (;;) {
    const before = best;
    for (const change of STEPS) {
      const widthPx = Math.min(largest, Math.max(LEAST_SIDE_PX, before.widthPx + change));
      const heightPx = Math.min(picture.heightPx, heightFor(part, widthPx));
      const template = correlation.template(await resizeLuma(part, widthPx, heightPx));
      if (template === undefined) continue;
      for (const down of STEPS) {
        for (const right of STEPS) {
          const leftPx = within(before.leftPx + right, template.lastLeftPx);
          const topPx = within(before.topPx + down, template.lastTopPx);
          const score = correlation.score(template, leftPx, topPx);
          if (score > best.score) best = { leftPx, topPx, widthPx, heightPx, score };
        }
      }
    }
    if (best === before) return best;
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
