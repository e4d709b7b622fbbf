import {
  counted,
  type ImageFailure,
  type ProjectCounts,
  type ProjectState,
  type ProjectTotals,
  type ResultEvent,
  type RunRecord,
} from '@cullstream/contracts';

/** A project as far as its results say. */
export interface ProjectProgress {
  readonly totals: ProjectTotals;
  readonly plannedCached: number;
  readonly state: ProjectState;
  readonly counts: ProjectCounts;
  readonly database: string | null;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly failures: readonly ImageFailure[];
  readonly message: string | null;
  readonly warnings: readonly string[];
}

export const zeroCounts: ProjectCounts = {
  embedded: 0,
  cached: 0,
  failed: 0,
  decidedGroups: 0,
  failedGroups: 0,
  invertedCrops: 0,
};

/** Every project of a run by name, before any result. */
export function toInitialProgress(record: RunRecord): Map<string, ProjectProgress> {
  return new Map(
    record.projects.map(({ project, cached, warnings }) => [
      project.name,
      {
        totals: project,
        plannedCached: cached,
        state: 'waiting',
        counts: zeroCounts,
        database: null,
        startedAt: null,
        completedAt: null,
        failures: [],
        message: null,
        warnings,
      },
    ]),
  );
}

/** Images that ended: embedded, taken from the cache or failed. */
export function countFinishedImages({ embedded, cached, failed }: ProjectCounts): number {
  return embedded + cached + failed;
}

export function isFinished({ state }: ProjectProgress): boolean {
  return state !== 'waiting' && state !== 'running';
}

/** A project after one more result. Results repeat and overtake each other; counts never go back. */
export function applyResult(progress: ProjectProgress, event: ResultEvent): ProjectProgress {
  if (isFinished(progress)) return progress;
  switch (event.type) {
    case 'project.cataloged':
      return applyCataloged(progress, event.project, event.warnings);
    case 'project.failed':
      return { ...progress, state: 'failed', message: event.message };
    case 'project.progressed':
      if (countFinishedImages(event.counts) < countFinishedImages(progress.counts)) return progress;
      return {
        ...progress,
        state: 'running',
        totals: event.project,
        counts: event.counts,
        startedAt: event.startedAt ?? progress.startedAt,
      };
    case 'project.completed':
      return {
        ...progress,
        state: event.counts.failed > 0 ? 'partial' : 'success',
        totals: event.project,
        counts: event.counts,
        database: event.database,
        startedAt: event.startedAt,
        completedAt: event.completedAt,
        failures: event.failures,
      };
  }
}

function applyCataloged(
  progress: ProjectProgress,
  totals: ProjectTotals,
  warnings: readonly string[],
): ProjectProgress {
  // Without an image no event reaches the writer, so the catalogue alone completes the project.
  const state = totals.images === 0 ? 'success' : 'running';
  // What was seen when the run was planned, as of an inventory, is not seen again.
  const all = [...new Set([...progress.warnings, ...warnings])];
  return { ...progress, totals, warnings: all, state };
}

/** A project whose images will not all arrive: its queues are empty, and some are missing. */
export function abandonProject(progress: ProjectProgress): ProjectProgress {
  const missing = progress.totals.images - countFinishedImages(progress.counts);
  return {
    ...progress,
    state: 'failed',
    message:
      `${missing} of ${counted(progress.totals.images, 'image')} never reached the database; ` +
      '`cullstream dead list` and `cullstream verify` show which',
  };
}
