import type { RejectedSource, RunRecord } from '@cullstream/contracts';
import type { ProjectProgress } from './run-progress.js';
import type { AcceptedBecause, ProjectSummary } from './summary.js';
import type { Durations } from './to-durations.js';
import { toSourceSpelling } from './to-source-spelling.js';

/** The accepted failures of a project. */
export interface AcceptedFailures {
  readonly images: number;
  readonly groups: number;
  readonly byImage: ReadonlyMap<string, AcceptedBecause>;
}

export function withAccepted(
  project: ProjectSummary,
  accepted: AcceptedFailures = { images: 0, groups: 0, byImage: new Map() },
): ProjectSummary {
  return {
    ...project,
    accepted_images: Math.min(accepted.images, project.failed_images),
    accepted_groups: Math.min(accepted.groups, project.failed_groups),
    failures: project.failures.map((failure) => {
      const because = accepted.byImage.get(failure.image);
      const known = because === undefined ? null : { why: because.why, at: because.at };
      return { ...failure, accepted: known };
    }),
  };
}

export function withNote(
  project: ProjectSummary,
  find: (project: ProjectSummary) => AcceptedBecause | undefined,
): ProjectSummary {
  const found = project.status === 'failed' ? find(project) : undefined;
  return { ...project, accepted: found === undefined ? null : { why: found.why, at: found.at } };
}

export function fromProgress(project: ProjectProgress, durations: Durations): ProjectSummary {
  const { totals, counts } = project;
  return {
    project_id: toSourceSpelling(totals.name, totals.source),
    zip_file: totals.source,
    status: project.state === 'success' || project.state === 'partial' ? project.state : 'failed',
    image_count: totals.images,
    groups: totals.groups,
    decided_groups: counts.decidedGroups,
    failed_groups: counts.failedGroups,
    embedded_images: counts.embedded,
    cached_images: counts.cached,
    failed_images: counts.failed,
    ungrouped_images: totals.ungrouped,
    inverted_crops: counts.invertedCrops,
    ...durations,
    database: project.database,
    failures: project.failures,
    warnings: project.warnings,
    message: project.message,
    source_content: `catalogue ${totals.catalogue}`,
  };
}

export function fromSkipped({
  project: totals,
  counts,
  database,
  failures,
  warnings = [],
}: RunRecord['skipped'][number]): ProjectSummary {
  return {
    ...emptySummary(totals.name, totals.source, 'skipped'),
    image_count: totals.images,
    groups: totals.groups,
    decided_groups: counts.decidedGroups,
    failed_groups: counts.failedGroups,
    cached_images: counts.embedded + counts.cached,
    failed_images: counts.failed,
    ungrouped_images: totals.ungrouped,
    inverted_crops: counts.invertedCrops,
    database,
    failures,
    warnings,
    message:
      database === null
        ? 'holds no image: there is nothing to do'
        : 'complete already: nothing was done',
  };
}

export function fromSource(
  { name, source, message, content }: RejectedSource,
  status: 'skipped' | 'failed',
): ProjectSummary {
  return { ...emptySummary(name, source, status), message, source_content: content ?? null };
}

function emptySummary(
  name: string,
  source: string,
  status: ProjectSummary['status'],
): ProjectSummary {
  return {
    project_id: toSourceSpelling(name, source),
    zip_file: source,
    status,
    image_count: 0,
    groups: 0,
    decided_groups: 0,
    failed_groups: 0,
    embedded_images: 0,
    cached_images: 0,
    failed_images: 0,
    ungrouped_images: 0,
    inverted_crops: 0,
    duration_seconds: 0,
    working_seconds: 0,
    images_per_second: null,
    database: null,
    failures: [],
    warnings: [],
    message: null,
  };
}
