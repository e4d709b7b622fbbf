import type { Soak } from './record.js';
import { growthPerHour, median, type Point } from './robust-slope.js';

/** What must not grow, by more than its limit in an hour. */
export interface Judged {
  readonly what: string;
  readonly unit: string;
  readonly median: number;
  readonly growthPerHour: number;
  readonly limit: number;
}

/**
 * The share of the time at the beginning in which programs still grow to their usual size: the heap of
 * Node does so for more than half an hour.
 */
const WARM_UP = 0.5;
/** The store frees a file of messages, of up to 8 MB, when all of them are deleted: one a stage may be half full. */
const LIMITS = { ownMb: 12, handles: 2, threads: 1, brokerMb: 24, bytes: 300 };
/** Of its size, which memory may grow by in an hour: collectors of garbage let it swing by as much. */
const OWN_SHARE = 0.3;
const MB = 1_000_000;

/** Compares the growth of each series, after the warm-up, with its limit. */
export function judge({ samples, rounds }: Soak): Judged[] {
  const end = samples.at(-1)?.minute ?? 0;
  const later = samples.filter(({ minute }) => minute >= WARM_UP * end);
  const laterRounds = rounds.filter(({ minute }) => minute >= WARM_UP * end);
  const first = rounds[0];
  const names = Object.keys(later[0]?.processes ?? {});
  const ofProcesses = names.flatMap((name) => {
    const pick = (key: 'ownMb' | 'handles' | 'threads') =>
      later.map(({ minute, processes }) => ({ minute, value: processes[name]?.[key] ?? 0 }));
    const memory = pick('ownMb');
    const size = median(memory.map(({ value }) => value));
    const limit = Math.round(Math.max(LIMITS.ownMb, OWN_SHARE * size));
    return [
      toJudged(`memory of the ${name}`, 'MB', memory, limit),
      toJudged(`open files of the ${name}`, '', pick('handles'), LIMITS.handles),
      toJudged(`threads of the ${name}`, '', pick('threads'), LIMITS.threads),
    ];
  });
  const perVector = (key: 'cache' | 'databases') =>
    laterRounds.map((round) => ({
      minute: round.minute,
      value:
        (round[key] - (first?.[key] ?? 0)) / Math.max(1, round.vectors - (first?.vectors ?? 0)),
    }));
  const store = laterRounds.map(({ minute, broker }) => ({ minute, value: broker / MB }));
  return [
    ...ofProcesses,
    toJudged('store of the broker', 'MB', store, LIMITS.brokerMb),
    toJudged('cache for each new image', 'bytes', perVector('cache'), LIMITS.bytes),
    toJudged('databases for each new image', 'bytes', perVector('databases'), LIMITS.bytes),
  ];
}

function toJudged(what: string, unit: string, points: readonly Point[], limit: number): Judged {
  const values = points.map(({ value }) => value);
  return { what, unit, median: median(values), growthPerHour: growthPerHour(points), limit };
}

export function describeJudged({ what, unit, ...figures }: Judged): string {
  const { median, growthPerHour, limit } = figures;
  const verdict = growthPerHour <= limit ? 'flat' : 'GROWS';
  return `${verdict}: ${what}: ${median.toFixed(1)} ${unit}, ${growthPerHour.toFixed(2)} more in an hour (limit ${limit})`;
}
