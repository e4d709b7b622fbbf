import type { RejectedSource, RunRecord } from '@cullstream/contracts';
import { toDurations } from './to-durations.js';
import type { WorkingTime } from './working-time.js';
import { countFinishedImages, type ProjectProgress } from './run-progress.js';

/** One line of `batch_predictions_log.jsonl`. */
export interface LogLine {
  readonly project_id: string;
  readonly zip_file: string;
  readonly image_count: number;
  readonly groups: number;
  readonly failed_images: number;
  readonly ungrouped_images: number;
  readonly cached_images: number;
  /** From when work on the first image began to the last commit, including pauses. */
  readonly duration_seconds: number;
  /** The same without pauses and idle time. */
  readonly working_seconds: number;
  /** Images per second of working time; null if there was no working time. */
  readonly images_per_second: number | null;
  readonly status: 'success' | 'partial' | 'failed';
  readonly timestamp: string;
  readonly database: string | null;
  readonly run_id: string;
  readonly error?: string;
}

/** The log line of a finished project. Durations in seconds, times in ISO 8601. */
export function toLogLine(
  record: RunRecord,
  project: ProjectProgress,
  now: Date,
  working: WorkingTime,
): LogLine {
  const completedAt = project.completedAt ?? now.toISOString();
  return {
    project_id: project.totals.name,
    zip_file: project.totals.source,
    image_count: project.totals.images,
    groups: project.totals.groups,
    failed_images: project.counts.failed,
    ungrouped_images: project.totals.ungrouped,
    cached_images: project.counts.cached,
    ...toDurations({ ...project, completedAt }, working),
    status: toStatus(project),
    timestamp: completedAt,
    database: project.database,
    run_id: record.run,
    ...(project.message === null ? {} : { error: project.message }),
  };
}

/** The log line of a source that could not be read as a project. It has no counts. */
export function toRejectedLogLine(
  { run }: RunRecord,
  { name, source, message }: RejectedSource,
  now: Date,
): LogLine {
  return {
    project_id: name,
    zip_file: source,
    image_count: 0,
    groups: 0,
    failed_images: 0,
    ungrouped_images: 0,
    cached_images: 0,
    duration_seconds: 0,
    working_seconds: 0,
    images_per_second: null,
    status: 'failed',
    timestamp: now.toISOString(),
    database: null,
    run_id: run,
    error: message,
  };
}

function toStatus(project: ProjectProgress): LogLine['status'] {
  if (project.state === 'success' || project.state === 'partial') return project.state;
  return countFinishedImages(project.counts) > 0 ? 'partial' : 'failed';
}
