import { climb, Correlation, findPeaks, isNear, keepPeaks, type Match } from './correlation.js';
import { reduceLuma, type Luma } from './luma.js';

/** Products of the search in the smallest picture: about 50 ms. */
const MOST_PRODUCTS = 4e7;
/** A template smaller than this is found everywhere. */
const LEAST_SIDE_PX = 8;
const PEAKS_FIRST = 24;
const PEAKS_LATER = 6;
/** A place that fits so much worse than another stays behind it in larger pictures. */
const HOPELESS_BY = 0.1;
/** Two places that fit equally well, as far as an encoder's noise tells. */
const EQUAL_WITHIN = 0.002;
const SAME_PLACE_PX = 2;

/**
 * Finds where a part of the same scale lies in a picture that has other pixels than it: encoded anew, or
 * edited. From coarse to fine: everywhere in reduced pictures, then near the best places in larger ones.
 * @returns the best place, or undefined where there is nothing to be found by, or several places fit
 */
export async function findCorrelated(picture: Luma, part: Luma): Promise<Match | undefined> {
  let factor = firstFactor(picture, part);
  let matches: Match[] | undefined;
  for (;;) {
    const [reduced, wanted] = [await reduceLuma(picture, factor), await reduceLuma(part, factor)];
    const correlation = new Correlation(reduced);
    const template = correlation.template(wanted);
    if (template === undefined) return undefined;
    matches =
      matches === undefined
        ? findPeaks(correlation, template, PEAKS_FIRST)
        : keepPeaks(
            matches.map((match) => climb(correlation, template, match, 2)),
            PEAKS_LATER,
            SAME_PLACE_PX,
          ).filter(({ score }, _index, [best]) => score >= (best?.score ?? 0) - HOPELESS_BY);
    if (factor === 1) break;
    const next = Math.max(1, Math.floor(factor / 2));
    const larger = factor / next;
    matches = matches.map(({ leftPx, topPx, score }) => ({
      leftPx: Math.round(leftPx * larger),
      topPx: Math.round(topPx * larger),
      score,
    }));
    factor = next;
  }
  const [best, ...others] = matches;
  if (best === undefined) return undefined;
  const isAlone = others.every(
    (other) => isNear(best, other, SAME_PLACE_PX) || other.score < best.score - EQUAL_WITHIN,
  );
  return isAlone ? best : undefined;
}

function firstFactor(picture: Luma, part: Luma): number {
  const positions = (picture.widthPx - part.widthPx + 1) * (picture.heightPx - part.heightPx + 1);
  const products = positions * part.widthPx * part.heightPx;
  const wanted = Math.ceil((products / MOST_PRODUCTS) ** (1 / 4));
  const most = Math.floor(Math.min(part.widthPx, part.heightPx) / LEAST_SIDE_PX);
  return Math.max(1, Math.min(wanted, most));
}
