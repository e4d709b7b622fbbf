import type { ProjectCounts, RunStatus } from '@cullstream/contracts';

type Project = RunStatus['projects'][number];

/** Most warnings in a message; the summary has all of them. */
const MOST_WARNINGS = 50;
const MOST_WARNING_LENGTH = 500;

/** The order in which projects are kept: running, failed, done, waiting. */
const interest: Record<Project['state'], number> = {
  running: 0,
  failed: 1,
  partial: 2,
  success: 3,
  skipped: 4,
  waiting: 5,
};

/**
 * A status that fits into one message: with as many projects as possible, in their order, and the totals
 * of those left out.
 * @param maxBytes size limit of the message
 */
export function truncateStatus(status: RunStatus, maxBytes: number): RunStatus {
  const warnings = status.warnings
    .slice(0, MOST_WARNINGS)
    .map((warning) => warning.slice(0, MOST_WARNING_LENGTH));
  const bounded = { ...status, warnings };
  const countBytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value)) + 1;
  const most = maxBytes - countBytes({ ...bounded, projects: [] }) - countBytes(addUp([]));
  const sizes = status.projects.map(countBytes);
  if (sizes.reduce((sum, size) => sum + size, 0) <= most) return bounded;
  const order = status.projects
    .map((_project, index) => index)
    .sort((a, b) => rank(status.projects[a]) - rank(status.projects[b]) || b - a);
  const shown = new Set<number>();
  let bytes = 0;
  for (const index of order) {
    bytes += sizes[index] ?? 0;
    if (bytes > most) break;
    shown.add(index);
  }
  const others = addUp(status.projects.filter((_project, index) => !shown.has(index)));
  return {
    ...bounded,
    projects: status.projects.filter((_project, index) => shown.has(index)),
    others,
  };
}

function rank(project: Project | undefined): number {
  return project === undefined ? 0 : interest[project.state];
}

function addUp(projects: readonly Project[]): NonNullable<RunStatus['others']> {
  const counts: ProjectCounts = {
    ...{ embedded: 0, cached: 0, failed: 0 },
    ...{ decidedGroups: 0, failedGroups: 0, invertedCrops: 0 },
  };
  let [images, groups] = [0, 0];
  for (const project of projects) {
    images += project.images;
    groups += project.groups;
    for (const key of Object.keys(counts) as (keyof ProjectCounts)[]) {
      counts[key] += project.counts[key];
    }
  }
  return { projects: projects.length, images, groups, counts };
}
