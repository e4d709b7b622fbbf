import { countFinishedImages, type ProjectProgress } from './run-progress.js';
import type { WorkingTime } from './working-time.js';

/** The durations of a project for the log and the summary. */
export interface Durations {
  readonly duration_seconds: number;
  readonly working_seconds: number;
  readonly images_per_second: number | null;
}

/** From when work on the project began to its last commit. Zero if it never began. */
export function toDurations(
  { startedAt, completedAt, counts }: Pick<ProjectProgress, 'startedAt' | 'completedAt' | 'counts'>,
  working: WorkingTime,
): Durations {
  const toMs = completedAt === null ? NaN : Date.parse(completedAt);
  const fromMs = startedAt === null ? NaN : Date.parse(startedAt);
  if (!(fromMs <= toMs)) {
    return { duration_seconds: 0, working_seconds: 0, images_per_second: null };
  }
  const workingSeconds = working.secondsBetween(fromMs, toMs);
  return {
    duration_seconds: (toMs - fromMs) / 1_000,
    working_seconds: workingSeconds,
    images_per_second: toRate(countFinishedImages(counts), workingSeconds),
  };
}

/** Images per second with two decimals; null if there was no working time. */
export function toRate(images: number, seconds: number): number | null {
  return seconds > 0 && images > 0 ? Math.round((images * 100) / seconds) / 100 : null;
}
