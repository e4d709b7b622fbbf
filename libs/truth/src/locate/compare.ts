import type { Edges } from './edges.js';
import type { Luma } from './luma.js';
import { createRow, sampleRow, toTaps, type SampledRow } from './sample-rows.js';

/** A part beside what lies below it in a picture, and how that changes with the part's edges. */
export interface Comparison {
  /** Correlation coefficient. */
  readonly score: number;
  /** How many times as much contrast the part has. */
  readonly contrast: number;
  /** Of what contrast and brightness do not explain: mean square a pixel. */
  readonly variance: number;
  readonly points: number;
  /** So many of them are as alike in what is not explained as if they were one. */
  readonly alike: number;
  /**
   * Equations [6][6] and right side [6] for changes of left, right, top and bottom, each times the contrast;
   * contrast; brightness. Slopes of both pictures are multiplied with each other: noise of one of them is
   * not taken for a slope.
   */
  readonly equations: Float64Array;
  readonly right: Float64Array;
  /** Sums of the squares of the slopes [4], noise and all. */
  readonly slopes: Float64Array;
}

export const UNKNOWNS = 6;
export const EDGES = 4;
/** So many pixels are compared at most, spread over the part. */
const MOST_POINTS = 40_000;
/** The part is divided into so many blocks along each side, to see whether errors are alike far apart. */
export const BLOCKS = 12;
/** What varies less than this has nothing to be compared. */
const FLAT_VARIANCE = 0.1;
/** Whole numbers are off by so much at least. */
const NOISE_VARIANCE = 1 / 12;
/** Taken off brightness, so that sums stay small. */
const MIDDLE = 128;
/** Golden section: no period of a picture is like it. */
const UNEVEN = 0.618_033_988_75;

/** @returns undefined where the part, or what lies below, is even, or they have nothing in common */
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
  /** By block: of the part, of what lies below, and how many. */
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
  /** How far each place is from the first edge to the second, 0 to 1. */
  readonly along: readonly number[];
  readonly down: number;
  /** Pixels of the picture from one of the part to the next. */
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

/** Means of blocks vary less than pixels, by the number of pixels, where errors have nothing in common. */
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
