import type { FailureReason, ProjectCounts, ProjectTotals, RunId } from '@cullstream/contracts';
import type { FailureRow } from './result-queries.js';
import type { RunRow } from './schema.js';

/** Most failures in a progress; the database has all of them. */
export const FAILURES_SHOWN = 100;

/** An image that was given up, for people. */
export interface Failure {
  readonly sequence: number;
  readonly image: string;
  readonly stage: 'embedder' | 'predictor' | 'writer';
  readonly reason: FailureReason;
  readonly message: string;
}

/** The progress of a run in a project, read from the project's database. */
export interface RunProgress {
  readonly run: RunId;
  readonly project: ProjectTotals;
  /** Short digest of the prediction recipe; null as long as all images have failed. */
  readonly recipeId: string | null;
  readonly counts: ProjectCounts;
  /** ISO 8601: when work on its first image began. */
  readonly startedAt: string;
  /** ISO 8601: when the last image of the catalogue had its row; null until then. */
  readonly completedAt: string | null;
  /** The first failures, in the order of the images. */
  readonly failures: readonly Failure[];
}

export function toRunProgress(
  project: string,
  row: RunRow,
  failures: readonly FailureRow[],
): RunProgress {
  return {
    run: row.run,
    project: {
      name: project,
      source: row.source,
      catalogue: row.catalogue,
      images: row.image_count,
      groups: row.group_count,
      ungrouped: row.ungrouped_count,
    },
    recipeId: row.recipe,
    counts: {
      embedded: row.embedded_count,
      cached: row.cached_count,
      failed: row.failed_count,
      decidedGroups: row.decided_group_count,
      failedGroups: row.failed_group_count,
      invertedCrops: row.inverted_crop_count,
    },
    startedAt: row.started_at,
    completedAt: row.completed_at,
    failures: failures.map(({ sequence, image, stage, reason, message }) => ({
      sequence,
      image,
      stage,
      reason,
      message,
    })),
  };
}

/** Whether every image of the catalogue has a row, so that every group can be decided. */
export function isComplete(row: RunRow): boolean {
  return row.embedded_count + row.cached_count + row.failed_count >= row.image_count;
}

/** `20260131T094500Z-k3x9` began at `2026-01-31T09:45:00Z`. */
export function toRunStart(run: RunId): string {
  const digits = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(run);
  if (digits === null) throw new RangeError(`not a run id: "${run}"`);
  const [, year, month, day, hour, minute, second] = digits;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}
