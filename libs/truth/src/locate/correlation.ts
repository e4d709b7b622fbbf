import type { Luma } from './luma.js';

/** A position of a template in a picture, and how well it fits there: -1 to 1. */
export interface Match {
  readonly leftPx: number;
  readonly topPx: number;
  readonly score: number;
}

/** A template that differs less than this from its mean, in levels, is too even to be found. */
const FLAT_DEVIATION = 0.5;

/** Compares templates with places of one picture by normalised cross-correlation (Lewis, 1995). */
export class Correlation {
  readonly #picture: Luma;
  /** Sums of all values, and of their squares, above and to the left; one row and column more. */
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;

  constructor(picture: Luma) {
    const { values, widthPx, heightPx } = picture;
    const stride = widthPx + 1;
    this.#picture = picture;
    this.#sums = new Float64Array(stride * (heightPx + 1));
    this.#squares = new Float64Array(stride * (heightPx + 1));
    for (let y = 0; y < heightPx; y++) {
      let sum = 0;
      let square = 0;
      for (let x = 0; x < widthPx; x++) {
        const value = values[y * widthPx + x] ?? 0;
        sum += value;
        square += value * value;
        const at = (y + 1) * stride + x + 1;
        this.#sums[at] = (this.#sums[at - stride] ?? 0) + sum;
        this.#squares[at] = (this.#squares[at - stride] ?? 0) + square;
      }
    }
  }

  /** Undefined for a template that is larger than the picture, or too even to be found. */
  template(luma: Luma): Template | undefined {
    const { widthPx, heightPx } = this.#picture;
    if (luma.widthPx > widthPx || luma.heightPx > heightPx) return undefined;
    const length = luma.values.length;
    let sum = 0;
    for (const value of luma.values) sum += value;
    const mean = sum / length;
    const deviations = Float32Array.from(luma.values, (value) => value - mean);
    let energy = 0;
    for (const deviation of deviations) energy += deviation * deviation;
    if (Math.sqrt(energy / length) < FLAT_DEVIATION) return undefined;
    return {
      deviations,
      energy,
      widthPx: luma.widthPx,
      heightPx: luma.heightPx,
      lastLeftPx: widthPx - luma.widthPx,
      lastTopPx: heightPx - luma.heightPx,
    };
  }

  /** The correlation coefficient of the template and the picture below it. */
  score(template: Template, leftPx: number, topPx: number): number {
    const { deviations, energy, widthPx, heightPx } = template;
    const { values, widthPx: stride } = this.#picture;
    const length = widthPx * heightPx;
    const sum = this.#below(this.#sums, template, leftPx, topPx);
    const variance = this.#below(this.#squares, template, leftPx, topPx) - (sum * sum) / length;
    if (Math.sqrt(Math.max(0, variance) / length) < FLAT_DEVIATION) return 0;
    let product = 0;
    for (let y = 0, from = 0; y < heightPx; y++) {
      let at = (topPx + y) * stride + leftPx;
      for (let x = 0; x < widthPx; x++) product += (deviations[from++] ?? 0) * (values[at++] ?? 0);
    }
    return product / Math.sqrt(energy * variance);
  }

  #below(table: Float64Array, { widthPx, heightPx }: Template, left: number, top: number): number {
    const stride = this.#picture.widthPx + 1;
    const at = (x: number, y: number) => table[y * stride + x] ?? 0;
    const [right, bottom] = [left + widthPx, top + heightPx];
    return at(right, bottom) - at(left, bottom) - at(right, top) + at(left, top);
  }
}

/** A part to be found: how far each value is from the mean, and the sum of the squares of that. */
export interface Template {
  readonly deviations: Float32Array;
  readonly energy: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** The last position at which it lies within the picture. */
  readonly lastLeftPx: number;
  readonly lastTopPx: number;
}

/** The positions at which a template fits better than at all neighbouring ones, best first. */
export function findPeaks(correlation: Correlation, template: Template, count: number): Match[] {
  const { lastLeftPx, lastTopPx } = template;
  const stride = lastLeftPx + 1;
  const scores = new Float32Array(stride * (lastTopPx + 1));
  for (let at = 0; at < scores.length; at++) {
    scores[at] = correlation.score(template, at % stride, Math.floor(at / stride));
  }
  const isPeak = (leftPx: number, topPx: number, score: number) => {
    for (let y = Math.max(0, topPx - 1); y <= Math.min(lastTopPx, topPx + 1); y++) {
      for (let x = Math.max(0, leftPx - 1); x <= Math.min(lastLeftPx, leftPx + 1); x++) {
        if ((scores[y * stride + x] ?? 0) > score) return false;
      }
    }
    return true;
  };
  const peaks: Match[] = [];
  scores.forEach((score, at) => {
    const [leftPx, topPx] = [at % stride, Math.floor(at / stride)];
    if (isPeak(leftPx, topPx, score)) peaks.push({ leftPx, topPx, score });
  });
  return peaks.sort((a, b) => b.score - a.score).slice(0, count);
}
