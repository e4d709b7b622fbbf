import { cpus, totalmem } from 'node:os';
import { isDifference } from './measure/statistics.js';
import type { Measurement } from './scenarios/measurement.js';

/**
 * What `--json` stores. `ratios` has the median of every ratio, and of every rate that is to reach something,
 * by name; `undecided` names the ratios whose rounds do not agree on which side of 1 they are: no win, and no
 * loss.
 */
export function toDocument(measured: readonly Measurement[], command: readonly string[]): unknown {
  const ratios = measured.filter(({ unit }) => unit === 'ratio');
  return {
    measuredAt: new Date().toISOString(),
    command: ['npm run bench --', ...command].join(' '),
    machine: {
      cores: cpus().length,
      processor: cpus()[0]?.model ?? 'unknown',
      memoryBytes: totalmem(),
      node: process.version,
    },
    ratios: Object.fromEntries(
      measured.filter(isQuoted).map(({ name, spread }) => [name, spread.median]),
    ),
    undecided: ratios.filter(({ spread }) => !isDifference(spread)).map(({ name }) => name),
    measures: measured,
  };
}

function isQuoted({ unit, target }: Measurement): boolean {
  return unit === 'ratio' || (unit === 'images/s' && target !== undefined);
}
