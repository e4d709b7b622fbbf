import type { RunProgress } from '@cullstream/store';

/** Which runs a replay is about. */
export interface ReplayedTime {
  readonly run?: string | null | undefined;
  /** ISO 8601, both exclusive. */
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
}

/** Whether a completed run is the one that is named, and was completed within the time. */
export function isInTime(progress: RunProgress, { run, after, before }: ReplayedTime): boolean {
  const completedAt = progress.completedAt ?? '';
  if (run != null && progress.run !== run) return false;
  return (after == null || completedAt > after) && (before == null || completedAt < before);
}
