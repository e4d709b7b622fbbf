export interface Point {
  readonly minute: number;
  readonly value: number;
}

/** So many points give about 80,000 slopes, which is quick. */
const MOST_POINTS = 400;

/**
 * How much a value grows in an hour: the median of the slopes between all pairs of points
 * (Theil-Sen). Up to 29 % of the points may be anything without changing it much.
 */
export function growthPerHour(all: readonly Point[]): number {
  const step = Math.ceil(all.length / MOST_POINTS);
  const points = all.filter((_point, index) => index % step === 0);
  const slopes: number[] = [];
  for (const [index, one] of points.entries()) {
    for (const other of points.slice(index + 1)) {
      if (other.minute > one.minute)
        slopes.push((60 * (other.value - one.value)) / (other.minute - one.minute));
    }
  }
  return median(slopes);
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
