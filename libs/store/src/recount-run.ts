import type { RunRow } from './schema.js';
import type { Statements } from './statements.js';

/** Sets a run's counts to what its rows say: rows may have been lost since they were counted. */
export function recountRun(statements: Statements, run: RunRow): void {
  const key = { run: run.run };
  run.embedded_count = 0;
  run.cached_count = 0;
  run.failed_count = 0;
  for (const { outcome, rows } of statements.countPredictions.all(key)) {
    if (outcome === 'failed') run.failed_count += rows;
    else if (outcome === 'computed') run.embedded_count += rows;
    else run.cached_count += rows;
  }
  run.decided_group_count = 0;
  run.failed_group_count = 0;
  run.inverted_crop_count = 0;
  for (const { outcome, rows, inverted } of statements.countGroupDecisions.all(key)) {
    if (outcome === 'decided') run.decided_group_count += rows;
    if (outcome === 'failed') run.failed_group_count += rows;
    run.inverted_crop_count += inverted ?? 0;
  }
}
