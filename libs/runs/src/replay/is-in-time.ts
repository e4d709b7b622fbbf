import type { RunProgress } from '@cullstream/store';

/** Length of a time up to its seconds. */
const SECONDS = '2026-01-31T09:45:00'.length;

/** Which runs a replay is about. */
export interface ReplayedTime {
  readonly run?: string | null | undefined;
  /** ISO 8601, both exclusive. */
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
}

/**
 * Whether a completed run is the one that is named, and was completed within the time. A time in whole seconds is
 * compared with whole seconds: such is the time that lists of runs show.
 */
export function isInTime(progress: RunProgress, { run, after, before }: ReplayedTime): boolean {
  if (run != null && progress.run !== run) return false;
  const completedAt = progress.completedAt ?? '';
  const towards = (time: string) =>
    time.endsWith('.000Z') ? `${completedAt.slice(0, SECONDS)}.000Z` : completedAt;
  return (after == null || towards(after) > after) && (before == null || towards(before) < before);
}
