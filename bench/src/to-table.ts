import Table from 'cli-table3';
import type { Spread } from './measure/statistics.js';
import type { Measurement } from './scenarios/measurement.js';

/** Medians with the minimum and maximum of all rounds, and the targets. */
export function toTable(measured: readonly Measurement[]): string {
  const table = new Table({
    head: ['measure', 'unit', 'median', 'least', 'most', 'of the machine', 'target', 'reached'],
    style: { head: [], border: [] },
  });
  for (const { name, unit, spread, limitShare, target } of measured) {
    const { median, min, max } = spread;
    table.push([
      name,
      unit,
      ...[median, min, max].map((value) => formatNumber(value, unit)),
      limitShare === undefined ? '' : `${(100 * limitShare).toFixed(0)} %`,
      target === undefined ? '' : 'least' in target ? `≥ ${target.least}` : `≤ ${target.most}`,
      target === undefined ? '' : verdictOn(spread, target),
    ]);
  }
  return table.toString();
}

/** Cosines and differences need many digits. */
function formatNumber(value: number, unit: Measurement['unit']): string {
  if (unit === 'cosine' || unit === 'number') return value.toPrecision(7);
  return value.toFixed(value < 10 ? 2 : 0);
}

/** Where some rounds reach a target and others do not, the median alone decides nothing. */
function verdictOn({ min, max }: Spread, target: NonNullable<Measurement['target']>): string {
  const isLeast = 'least' in target;
  const aim = isLeast ? target.least : target.most;
  if (min < aim && aim < max) return 'inside the spread';
  const isReached = isLeast ? min >= aim : max <= aim;
  return isReached ? 'yes' : 'no';
}
