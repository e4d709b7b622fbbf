import type { Luma } from './luma.js';

/** Positions of pixels of a part along one axis of a picture, and the weights for interpolating there. */
export interface Taps {
  /** Positions in the part. */
  readonly places: readonly number[];
  /** Neighbouring pixels in the picture [places][4]; below, their weights and those for the slope. */
  readonly neighbours: Int32Array;
  readonly weights: Float64Array;
  readonly slopes: Float64Array;
}

/** Brightness along a row, and its slopes to the right and downwards for each pixel. */
export interface SampledRow {
  readonly values: Float64Array;
  readonly slopesX: Float64Array;
  readonly slopesY: Float64Array;
}

const TAPS = 4;

/**
 * @param places pixels of the part
 * @param first position of the part's first pixel in the picture, in pixels
 * @param step distance to the next one
 * @param limit pixels of the picture along this axis; beyond it, the last pixel is repeated
 */
export function toTaps(
  places: readonly number[],
  first: number,
  step: number,
  limit: number,
): Taps {
  const neighbours = new Int32Array(places.length * TAPS);
  const weights = new Float64Array(places.length * TAPS);
  const slopes = new Float64Array(places.length * TAPS);
  places.forEach((place, index) => {
    const at = first + place * step;
    const before = Math.floor(at);
    for (let tap = 0; tap < TAPS; tap++) {
      neighbours[index * TAPS + tap] = Math.min(limit - 1, Math.max(0, before + tap - 1));
    }
    weights.set(splineWeights(at - before), index * TAPS);
    slopes.set(splineSlopes(at - before), index * TAPS);
  });
  return { places, neighbours, weights, slopes };
}

/**
 * Cubic B-spline over four neighbouring pixels. It smooths nearly as much between pixels as at them. With
 * other weights, places between pixels would seem to fit better, since interpolation reduces the noise there.
 */
function splineWeights(t: number): number[] {
  const rest = 1 - t;
  return [
    rest ** 3 / 6,
    (3 * t ** 3 - 6 * t ** 2 + 4) / 6,
    (3 * rest ** 3 - 6 * rest ** 2 + 4) / 6,
    t ** 3 / 6,
  ];
}

function splineSlopes(t: number): number[] {
  const rest = 1 - t;
  return [-(rest ** 2) / 2, (3 * t ** 2 - 4 * t) / 2, (4 * rest - 3 * rest ** 2) / 2, t ** 2 / 2];
}

export function createRow(length: number): SampledRow {
  const [values, slopesX, slopesY] = [0, 1, 2].map(() => new Float64Array(length));
  return { values, slopesX, slopesY } as SampledRow;
}

/** Fills `row` with the interpolated values at a row of places. */
export function sampleRow(
  picture: Luma,
  columns: Taps,
  rows: Taps,
  index: number,
  row: SampledRow,
) {
  const { values, widthPx } = picture;
  const { neighbours, weights, slopes } = columns;
  row.values.fill(0);
  row.slopesX.fill(0);
  row.slopesY.fill(0);
  for (let tap = index * TAPS; tap < index * TAPS + TAPS; tap++) {
    const line = (rows.neighbours[tap] ?? 0) * widthPx;
    const weight = rows.weights[tap] ?? 0;
    const slopeDown = rows.slopes[tap] ?? 0;
    for (let column = 0, at = 0; column < columns.places.length; column++) {
      let [across, slope] = [0, 0];
      for (const end = at + TAPS; at < end; at++) {
        const pixel = values[line + (neighbours[at] ?? 0)] ?? 0;
        across += pixel * (weights[at] ?? 0);
        slope += pixel * (slopes[at] ?? 0);
      }
      row.values[column] = (row.values[column] ?? 0) + across * weight;
      row.slopesX[column] = (row.slopesX[column] ?? 0) + slope * weight;
      row.slopesY[column] = (row.slopesY[column] ?? 0) + across * slopeDown;
    }
  }
}
