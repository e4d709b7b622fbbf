import {
  EVENT_VERSION,
  type ImageFailure,
  type ProjectCompleted,
  type ProjectCounts,
  type ProjectProgressed,
  type ProjectTotals,
  type RunId,
} from '@cullstream/contracts';

/** Where a project of a run stands, as its database says. Times in ISO 8601. */
export interface CommittedProgress {
  readonly run: RunId;
  readonly project: ProjectTotals;
  readonly counts: ProjectCounts;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly failures: readonly ImageFailure[];
}

/** What is told after a commit: always where the project stands, and its end once it is complete. */
export function toResultEvents(
  progress: CommittedProgress,
  database: string,
  now: Date,
): (ProjectProgressed | ProjectCompleted)[] {
  const { run, project, counts, startedAt, completedAt } = progress;
  const base = { v: EVENT_VERSION, run, project, counts } as const;
  const progressed: ProjectProgressed = {
    ...base,
    type: 'project.progressed',
    startedAt,
    at: now.toISOString(),
  };
  if (completedAt === null) return [progressed];
  const failures = progress.failures.map(({ image, reason, message }) => ({
    image,
    reason,
    message,
  }));
  return [
    progressed,
    { ...base, type: 'project.completed', database, startedAt, completedAt, failures },
  ];
}
