import Table from 'cli-table3';
import type { Spread } from './measure/statistics.js';
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
      target === undefined ? '' : verdictOn(spread, target),
    ]);
  }
  return table.toString();
}

/** Where rounds disagree about a target, the median alone decides nothing. */
function verdictOn({ min, max }: Spread, target: NonNullable<Measurement['target']>): string {
  const isLeast = 'least' in target;
  const aim = isLeast ? target.least : target.most;
  if (min < aim && aim < max) return 'inside the spread';
  const isReached = isLeast ? min >= aim : max <= aim;
  return isReached ? 'yes' : 'no';
}
