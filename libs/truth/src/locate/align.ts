import { BLOCKS, compare, EDGES, UNKNOWNS, type Comparison } from './compare.js';
import type { Edges } from './edges.js';
import type { Luma } from './luma.js';
import { solve } from './solve.js';

/** A place whose edges were refined between pixels. */
export interface Alignment {
  readonly edges: Edges;
  /** Correlation coefficient of the part and the picture at that place. */
  readonly score: number;
  /** Standard deviation of the least certain edge, in pixels of the picture. */
  readonly unsureByPx: number;
  /** How strongly the residuals of distant pixels are correlated: 0 (noise) to 1. */
  readonly misfit: number;
}

/** A constraint on a place: the sum of its edges, times these factors, is about `value`. */
export interface Known {
  /** Factors of left, right, top and bottom. */
  readonly factors: readonly [number, number, number, number];
  readonly value: number;
  readonly within: number;
}

/** What is known about a part before it is aligned. */
export interface Knowledge {
  readonly known: readonly Known[];
  /** Most blocks that it was encoded in, each with errors of its own. */
  readonly pieces: number;
}

const MOST_STEPS = 20;
/** The iteration ends when no edge moves by more than this. */
const LEAST_STEP_PX = 0.005;
const LARGEST_STEP_PX = 3;

/**
 * Finds the edges of a part at which it fits best, with precision below one pixel, by least squares
 * (Levenberg-Marquardt). Contrast and brightness are fitted as well, since encoding and edits change them
 * (Evangelidis and Psarakis, 2008).
 * @param part has about as many pixels as the place
 * @param from start of the search, at most a pixel or two from the right place
 * @returns undefined if the pictures cannot be compared
 */
export function align(
  picture: Luma,
  part: Luma,
  from: Edges,
  { known, pieces }: Knowledge,
): Alignment | undefined {
  let edges = from;
  let fit = compare(picture, part, edges);
  if (fit === undefined) return undefined;
  const alikeIn = (of: Comparison) => Math.max(1, of.points / pieces, of.alike);
  let damping = 1e-3;
  for (let step = 0; step < MOST_STEPS && damping < 1e4; step++) {
    const alike = alikeIn(fit);
    const move = toMove(fit, toEquations(fit, edges, known, alike), damping);
    if (move === undefined) {
      damping *= 10;
      continue;
    }
    const moved = moveEdges(edges, move);
    const next = compare(picture, part, moved);
    const weighed = (each: Edges, { variance }: Comparison) =>
      variance * (fit?.points ?? 0) + (fit?.variance ?? 0) * alike * contradiction(each, known);
    if (next !== undefined && weighed(moved, next) < weighed(edges, fit)) {
      [edges, fit] = [moved, next];
      damping /= 10;
      if (Math.max(...move.map(Math.abs)) < LEAST_STEP_PX) break;
    } else {
      damping *= 10;
    }
  }
  const equations = toEquations(fit, edges, known, alikeIn(fit));
  return {
    edges,
    score: fit.score,
    unsureByPx: toDeviation(fit, equations, alikeIn(fit)),
    misfit: (fit.alike * BLOCKS ** 2) / fit.points,
  };
}

/** How far the edges violate the constraints, in units of their tolerances. */
function contradiction(edges: Edges, known: readonly Known[]): number {
  return known.reduce((sum, each) => sum + (missing(edges, each) / each.within) ** 2, 0);
}

function missing({ left, right, top, bottom }: Edges, { factors, value }: Known): number {
  const [l, r, t, b] = factors;
  return value - (l * left + r * right + t * top + b * bottom);
}

interface Equations {
  readonly matrix: Float64Array;
  readonly values: Float64Array;
}

/** The equations for the changes of the edges, from all pixels and from the constraints. */
function toEquations(
  { equations, right, contrast, variance }: Comparison,
  edges: Edges,
  known: readonly Known[],
  alike: number,
): Equations {
  const matrix = Float64Array.from(equations);
  const values = Float64Array.from(right);
  for (const each of known) {
    const weight = (alike * variance) / (each.within * contrast) ** 2;
    each.factors.forEach((factor, row) => {
      values[row] = (values[row] ?? 0) + weight * factor * contrast * missing(edges, each);
      each.factors.forEach((other, column) => {
        const at = row * UNKNOWNS + column;
        matrix[at] = (matrix[at] ?? 0) + weight * factor * other;
      });
    });
  }
  return { matrix, values };
}

function toMove({ slopes, contrast }: Comparison, { matrix, values }: Equations, damping: number) {
  const damped = Float64Array.from(matrix);
  for (let edge = 0; edge < EDGES; edge++) {
    const at = edge * UNKNOWNS + edge;
    damped[at] = (damped[at] ?? 0) + damping * (slopes[edge] ?? 0);
  }
  const [solution] = solve(damped, [values]) ?? [];
  if (solution === undefined) return undefined;
  const move = [...solution.subarray(0, EDGES)].map((change) => change / contrast);
  const largest = Math.max(...move.map(Math.abs));
  return largest > LARGEST_STEP_PX ? move.map((px) => (px * LARGEST_STEP_PX) / largest) : move;
}

function moveEdges(edges: Edges, [left = 0, right = 0, top = 0, bottom = 0]: number[]): Edges {
  return {
    left: edges.left + left,
    right: edges.right + right,
    top: edges.top + top,
    bottom: edges.bottom + bottom,
  };
}

/** The standard deviation of the least certain edge, from the inverse of the equations. */
function toDeviation(
  { slopes, variance, contrast }: Comparison,
  { matrix }: Equations,
  alike: number,
) {
  const units = Array.from({ length: EDGES }, (_unused, edge) => {
    const unit = new Float64Array(UNKNOWNS);
    unit[edge] = 1;
    return unit;
  });
  const inverse = solve(matrix, units);
  if (inverse === undefined) return Infinity;
  const deviations = inverse.map((column, edge) => {
    // Noise in the slopes must make the place less certain, not more.
    const noise = Math.max(1, (slopes[edge] ?? 0) / (matrix[edge * UNKNOWNS + edge] ?? 0));
    return Math.sqrt((column[edge] ?? Infinity) * noise * variance * alike) / contrast;
  });
  return Math.max(...deviations);
}
