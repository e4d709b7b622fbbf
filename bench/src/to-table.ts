import Table from 'cli-table3';
import type { Measurement } from './scenarios/measurement.js';

/** Medians with the least and the most of all rounds, and what they are to reach. */
export function toTable(measured: readonly Measurement[]): string {
  const table = new Table({
    head: ['measure', 'unit', 'median', 'least', 'most', 'target', 'reached'],
    style: { head: [], border: [] },
  });
  for (const { name, unit, spread, target } of measured) {
    const { median, min, max } = spread;
    table.push([
      name,
      unit,
      ...[median, min, max].map((value) => value.toFixed(value < 10 ? 2 : 0)),
      target === undefined ? '' : 'least' in target ? `≥ ${target.least}` : `≤ ${target.most}`,
      target === undefined ? '' : isReached(median, target) ? 'yes' : 'no',
    ]);
  }
  return table.toString();
}

function isReached(value: number, target: NonNullable<Measurement['target']>): boolean {
  return 'least' in target ? value >= target.least : value <= target.most;
}
