import {
  counted,
  type ImageFailure,
  type ProjectCounts,
  type ProjectState,
  type ProjectTotals,
  type ResultEvent,
  type RunRecord,
} from '@cullstream/contracts';

/** The progress of a project according to the results so far. */
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

/** The initial progress of every project of a run, by name. */
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

/**
 * The progress of a project after another result. Results can be repeated or out of order, but the
 * counts never decrease.
 */
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
  // A project without images sends no events to the writer, so it is complete with its catalogue.
  const state = totals.images === 0 ? 'success' : 'running';
  // Warnings from planning, such as those about the inventory, are kept because no stage repeats
  // them.
  const all = [...new Set([...progress.warnings, ...warnings])];
  return { ...progress, totals, warnings: all, state };
}

/** Marks a project as failed because its queues are empty but some of its images are missing. */
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
