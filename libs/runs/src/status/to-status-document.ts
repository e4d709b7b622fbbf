import type { LastSummary } from './read-last-summary.js';
import type { RunOverview } from './run-overview.js';

/** The state of the current or last run, as JSON shows it; a replay that works beside it is in `beside`. */
export function toStatusDocument(
  overviews: readonly RunOverview[],
  last: LastSummary | undefined,
  warnings: readonly string[],
): object {
  // A run that is being worked on comes first.
  const sorted = [...overviews].sort((a, b) => Number(a.isIdle) - Number(b.isIdle));
  const [first, second] = sorted.map((each) => toRunDocument(each, warnings));
  if (first !== undefined) return { ...first, ...(second && { beside: second }) };
  if (last === undefined) return { run: null, state: 'none' };
  return { run: last.summary.batch_id, state: 'completed', summary: last.summary };
}

function toRunDocument(
  { run, kind, phase, isIdle, live, stored }: RunOverview,
  warnings: readonly string[],
): object {
  const numbers = live ?? stored;
  const own = { run, state: phase, replay: kind === 'replay' };
  const all = [...(isIdle ? [] : warnings), ...(numbers?.warnings ?? [])];
  return { ...numbers, ...own, ...(all.length > 0 && { warnings: all }) };
}
