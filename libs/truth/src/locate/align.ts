import { BLOCKS, compare, EDGES, UNKNOWNS, type Comparison } from './compare.js';
import type { Edges } from './edges.js';
import type { Luma } from './luma.js';
import { solve } from './solve.js';

/** A place after it was made exact. */
export interface Alignment {
  readonly edges: Edges;
  /** Correlation coefficient of the part and what lies below it. */
  readonly score: number;
  /** Standard deviation of the edge that is known worst, in pixels of the picture. */
  readonly unsureByPx: number;
  /** How much of what is not explained is alike over a large part of the picture: 0 (noise) to 1. */
  readonly misfit: number;
}

/** What is known of a place before: its edges times these are `value`, more or less. */
export interface Known {
  /** Of left, right, top and bottom. */
  readonly factors: readonly [number, number, number, number];
  readonly value: number;
  readonly within: number;
}

/** What is known of a part before it is aligned. */
export interface Knowledge {
  readonly known: readonly Known[];
  /** Into so many pieces at most it was encoded, each with errors of its own. */
  readonly pieces: number;
}

const MOST_STEPS = 20;
/** A step that moves no edge by more than this is the last one. */
const LEAST_STEP_PX = 0.005;
const LARGEST_STEP_PX = 3;

/**
 * Moves the edges of a part between pixels until it fits best, place and size together, by least squares
 * (Gauss, Newton and Levenberg). Contrast and brightness are free, as encoding and edits change them
 * (Evangelidis and Psarakis, 2008).
 * @param part about as large, in pixels, as the place is
 * @param from not further off than a pixel or two
 * @returns undefined where there is nothing to be compared
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

/** How far the edges are from what is known of them, in units of how well that is known. */
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

/** Those of all pixels, and of what is known, for the changes of the edges. */
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

/** By the inverse of the equations: how much an edge could change before the errors show it. */
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
    // What of the slopes is noise makes the place less sure, not more.
    const noise = Math.max(1, (slopes[edge] ?? 0) / (matrix[edge * UNKNOWNS + edge] ?? 0));
    return Math.sqrt((column[edge] ?? Infinity) * noise * variance * alike) / contrast;
  });
  return Math.max(...deviations);
}
