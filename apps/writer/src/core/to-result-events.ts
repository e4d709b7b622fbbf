import {
  EVENT_VERSION,
  type ImageFailure,
  type ProjectCompleted,
  type ProjectCounts,
  type ProjectProgressed,
  type ProjectTotals,
  type RunId,
} from '@cullstream/contracts';

/** The progress of a project of a run, read from its database. Times are in ISO 8601. */
export interface CommittedProgress {
  readonly run: RunId;
  readonly project: ProjectTotals;
  readonly counts: ProjectCounts;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly failures: readonly ImageFailure[];
}

/** Upper bound of the size of a `project.completed` event without its failures. */
const OTHER_BYTES = 4 * 1024;

/**
 * The events to publish after a commit: the progress of the project, and its end once it is complete.
 * @param maxBytes size limit of an event; it names as many failures as fit
 */
export function toResultEvents(
  progress: CommittedProgress,
  database: string,
  now: Date,
  maxBytes: number,
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
  const failures = firstThatFit(progress.failures, maxBytes - OTHER_BYTES);
  return [
    progressed,
    { ...base, type: 'project.completed', database, startedAt, completedAt, failures },
  ];
}

function firstThatFit(failures: readonly ImageFailure[], maxBytes: number): ImageFailure[] {
  const fitting: ImageFailure[] = [];
  let bytes = 0;
  for (const { image, reason, message } of failures) {
    const failure = { image, reason, message };
    bytes += Buffer.byteLength(JSON.stringify(failure)) + 1;
    if (bytes > maxBytes) break;
    fitting.push(failure);
  }
  return fitting;
}
