import type { Edges } from './edges.js';
import type { Luma } from './luma.js';
import { createRow, sampleRow, toTaps, type SampledRow } from './sample-rows.js';

/** The comparison of a part with the picture at a place, and its derivatives by the part's edges. */
export interface Comparison {
  /** Correlation coefficient. */
  readonly score: number;
  /** Contrast of the part, divided by that of the picture at the place. */
  readonly contrast: number;
  /** Mean square of the residuals, after fitting contrast and brightness. */
  readonly variance: number;
  readonly points: number;
  /** Number of points whose residuals are so correlated that they count as one. */
  readonly alike: number;
  /**
   * Normal equations [6][6] and right side [6]. The unknowns are the changes of left, right, top and bottom,
   * each times the contrast; the contrast; and the brightness. The slopes of one picture are multiplied by
   * those of the other, so that noise in one of them is not taken for a slope.
   */
  readonly equations: Float64Array;
  readonly right: Float64Array;
  /** Sums of the squared slopes [4], including noise. */
  readonly slopes: Float64Array;
}

export const UNKNOWNS = 6;
export const EDGES = 4;
/** Most pixels that are compared, spread over the part. */
const MOST_POINTS = 40_000;
/** Blocks along each side of the part, for finding out whether residuals of distant pixels are correlated. */
export const BLOCKS = 12;
/** Areas with less variance are too even to be compared. */
const FLAT_VARIANCE = 0.1;
/** Variance of rounding to whole numbers. */
const NOISE_VARIANCE = 1 / 12;
/** Subtracted from brightness, so that sums stay small. */
const MIDDLE = 128;
/** Golden ratio: points at its multiples do not coincide with a regular pattern in the picture. */
const UNEVEN = 0.618_033_988_75;

/** @returns undefined if the part or the picture at the place is even, or they are not correlated */
export function compare(picture: Luma, part: Luma, edges: Edges): Comparison | undefined {
  const step = Math.max(1, Math.sqrt((part.widthPx * part.heightPx) / MOST_POINTS));
  const columns = choosePlaces(part.widthPx, step);
  const rows = choosePlaces(part.heightPx, step);
  const stepX = (edges.right - edges.left) / part.widthPx;
  const stepY = (edges.bottom - edges.top) / part.heightPx;
  const sums = createSums(columns.length * rows.length);
  const [there, here] = [createRow(columns.length), createRow(columns.length)];
  const columnsThere = toTaps(columns, edges.left + (stepX - 1) / 2, stepX, picture.widthPx);
  const rowsThere = toTaps(rows, edges.top + (stepY - 1) / 2, stepY, picture.heightPx);
  const columnsHere = toTaps(columns, 0, 1, part.widthPx);
  const rowsHere = toTaps(rows, 0, 1, part.heightPx);
  const along = columns.map((place) => (place + 0.5) / part.widthPx);
  rows.forEach((place, index) => {
    sampleRow(picture, columnsThere, rowsThere, index, there);
    sampleRow(part, columnsHere, rowsHere, index, here);
    addRow(sums, { there, here, along, down: (place + 0.5) / part.heightPx, stepX, stepY });
  });
  return toComparison(sums);
}

function choosePlaces(length: number, step: number): number[] {
  const places: number[] = [];
  for (let index = 0; index * step < length; index++) {
    const off = step > 1 ? ((index * UNEVEN) % 1) * step : 0;
    const place = Math.floor(index * step + off);
    if (place < length) places.push(place);
  }
  return places;
}

interface Sums {
  readonly points: number;
  readonly equations: Float64Array;
  readonly right: Float64Array;
  readonly slopes: Float64Array;
  /** For each block: sums of the part and of the picture, and the number of points. */
  readonly blocks: {
    readonly here: Float64Array;
    readonly there: Float64Array;
    readonly points: Float64Array;
  };
  squares: number;
}

function createSums(points: number): Sums {
  const [here, there, counts] = [0, 1, 2].map(() => new Float64Array(BLOCKS * BLOCKS));
  return {
    points,
    equations: new Float64Array(UNKNOWNS * UNKNOWNS),
    right: new Float64Array(UNKNOWNS),
    slopes: new Float64Array(EDGES),
    blocks: { here, there, points: counts } as Sums['blocks'],
    squares: 0,
  };
}

interface ComparedRow {
  readonly there: SampledRow;
  readonly here: SampledRow;
  /** Position of each place between the first and the second edge, 0 to 1. */
  readonly along: readonly number[];
  readonly down: number;
  /** Distance of neighbouring pixels of the part, in pixels of the picture. */
  readonly stepX: number;
  readonly stepY: number;
}

function addRow(sums: Sums, { there, here, along, down, stepX, stepY }: ComparedRow): void {
  const { equations, right, slopes, blocks } = sums;
  const changesThere = new Float64Array(EDGES);
  const changesHere = new Float64Array(EDGES);
  const firstBlock = Math.floor(down * BLOCKS) * BLOCKS;
  for (let column = 0; column < along.length; column++) {
    const share = along[column] ?? 0;
    setChanges(changesThere, there.slopesX[column] ?? 0, there.slopesY[column] ?? 0, share, down);
    setChanges(
      changesHere,
      (here.slopesX[column] ?? 0) / stepX,
      (here.slopesY[column] ?? 0) / stepY,
      share,
      down,
    );
    const value = (there.values[column] ?? 0) - MIDDLE;
    const wanted = (here.values[column] ?? 0) - MIDDLE;
    for (let i = 0; i < EDGES; i++) {
      const [changeThere, changeHere] = [changesThere[i] ?? 0, changesHere[i] ?? 0];
      const change = (changeThere + changeHere) / 2;
      slopes[i] = (slopes[i] ?? 0) + change * change;
      right[i] = (right[i] ?? 0) + change * wanted;
      equations[24 + i] = (equations[24 + i] ?? 0) + change * value;
      equations[30 + i] = (equations[30 + i] ?? 0) + change;
      for (let k = 0, at = i * UNKNOWNS; k <= i; k++, at++) {
        const both = changeThere * (changesHere[k] ?? 0) + changeHere * (changesThere[k] ?? 0);
        equations[at] = (equations[at] ?? 0) + both / 2;
      }
    }
    equations[28] = (equations[28] ?? 0) + value * value;
    equations[34] = (equations[34] ?? 0) + value;
    right[4] = (right[4] ?? 0) + value * wanted;
    right[5] = (right[5] ?? 0) + wanted;
    sums.squares += wanted * wanted;
    const block = firstBlock + Math.floor(share * BLOCKS);
    blocks.here[block] = (blocks.here[block] ?? 0) + wanted;
    blocks.there[block] = (blocks.there[block] ?? 0) + value;
    blocks.points[block] = (blocks.points[block] ?? 0) + 1;
  }
  equations[35] = (equations[35] ?? 0) + along.length;
}

function setChanges(
  changes: Float64Array,
  slopeX: number,
  slopeY: number,
  along: number,
  down: number,
) {
  changes[0] = slopeX * (1 - along);
  changes[1] = slopeX * along;
  changes[2] = slopeY * (1 - down);
  changes[3] = slopeY * down;
}

function toComparison(sums: Sums): Comparison | undefined {
  const { equations, right, squares, points } = sums;
  const mean = (equations[34] ?? 0) / points;
  const meanHere = (right[5] ?? 0) / points;
  const variance = (equations[28] ?? 0) / points - mean ** 2;
  const varianceHere = squares / points - meanHere ** 2;
  if (!(variance > FLAT_VARIANCE && varianceHere > FLAT_VARIANCE)) return undefined;
  const common = (right[4] ?? 0) / points - mean * meanHere;
  const contrast = common / variance;
  if (contrast <= 0) return undefined;
  const unexplained = Math.max(NOISE_VARIANCE, varianceHere - common * contrast);
  return {
    score: common / Math.sqrt(variance * varianceHere),
    contrast,
    variance: unexplained,
    points,
    alike: countAlike(sums, contrast, meanHere - contrast * mean) / unexplained,
    equations,
    right,
    slopes: sums.slopes,
  };
}

/** Compares the variance of block means with that of pixels: uncorrelated residuals average out in a block. */
function countAlike({ blocks }: Sums, contrast: number, brightness: number): number {
  let [sum, count] = [0, 0];
  blocks.points.forEach((points, block) => {
    if (points === 0) return;
    const error =
      (blocks.here[block] ?? 0) - contrast * (blocks.there[block] ?? 0) - brightness * points;
    sum += error ** 2 / points;
    count += 1;
  });
  return sum / count;
}
