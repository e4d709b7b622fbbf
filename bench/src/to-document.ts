import { cpus, totalmem } from 'node:os';
import { isDifference } from './measure/statistics.js';
import type { Measurement } from './scenarios/measurement.js';

/**
 * The document that `--json` stores. `ratios` has the median of every ratio, and of every rate with
 * a target, by name. `undecided` names the ratios that are below 1 in some rounds and above 1 in
 * others: they show no difference.
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
