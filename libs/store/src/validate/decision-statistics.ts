import type { RawRow } from './check-row.js';

export interface ConfidenceDistribution {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Counts for [0, 0.1), [0.1, 0.2), … [0.9, 1]. */
  readonly histogram: readonly number[];
}

export interface DecisionStatistics {
  readonly rows: number;
  /** Rows with an `ai_selected_index`. */
  readonly withPrediction: number;
  /** Rows with a `user_selected_index`. */
  readonly withUserDecision: number;
  /** Rows with both, and how many of them agree. */
  readonly withBoth: number;
  readonly agreeing: number;
  /** Null if no row has a confidence. */
  readonly confidence: ConfidenceDistribution | null;
}

const BINS = 10;

/** Collects statistics over rows in constant memory. */
export function createStatistics(): { add(row: RawRow): void; result(): DecisionStatistics } {
  const counts = { rows: 0, withPrediction: 0, withUserDecision: 0, withBoth: 0, agreeing: 0 };
  const histogram = new Array<number>(BINS).fill(0);
  let confidences = 0;
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  return {
    add(row) {
      const predicted = row['ai_selected_index'] ?? null;
      const chosen = row['user_selected_index'] ?? null;
      counts.rows += 1;
      if (predicted !== null) counts.withPrediction += 1;
      if (chosen !== null) counts.withUserDecision += 1;
      if (predicted !== null && chosen !== null) {
        counts.withBoth += 1;
        if (predicted === chosen) counts.agreeing += 1;
      }
      const confidence = row['ai_confidence'];
      if (typeof confidence !== 'number') return;
      confidences += 1;
      sum += confidence;
      min = Math.min(min, confidence);
      max = Math.max(max, confidence);
      const bin = Math.min(BINS - 1, Math.max(0, Math.floor(confidence * BINS)));
      histogram[bin] = (histogram[bin] ?? 0) + 1;
    },
    result: () => ({
      ...counts,
      confidence: confidences === 0 ? null : { min, max, mean: sum / confidences, histogram },
    }),
  };
}
