/** What is left to do, and how fast it goes. Rates in images a second. */
export interface WorkLeft {
  readonly toEmbed: number;
  readonly cached: number;
  readonly embedRate: number;
  readonly cachedRate: number;
}

/** A duration in seconds with an interval that most outcomes fall into. */
export interface Estimate {
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
}

/** Relative half-width of the interval before anything was measured, and after long measuring. */
const WIDEST = 0.5;
const NARROWEST = 0.1;
const SETTLED_AFTER_IMAGES = 2_000;

/**
 * Time to finish: cached images and images to embed go at rates of their own. The interval narrows
 * with the number of images the rates were measured over.
 *
 * @returns undefined while no rate is known for work that is left
 */
export function estimateLeft(left: WorkLeft, measuredOver: number): Estimate | undefined {
  const embedSeconds = left.toEmbed === 0 ? 0 : left.toEmbed / left.embedRate;
  const cachedSeconds = left.cached === 0 ? 0 : left.cached / left.cachedRate;
  const seconds = embedSeconds + cachedSeconds;
  if (!Number.isFinite(seconds)) return undefined;
  const settled = Math.min(1, measuredOver / SETTLED_AFTER_IMAGES);
  const width = WIDEST + (NARROWEST - WIDEST) * settled;
  return { seconds, low: seconds * (1 - width), high: seconds * (1 + width) };
}
