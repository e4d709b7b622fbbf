import type { LiveRun, LiveState } from '@cullstream/contracts/web';

export type RunState = LiveRun['status']['state'];
export type ProjectStatus = LiveRun['status']['projects'][number];
export type Counts = ProjectStatus['counts'];

export interface Totals {
  readonly projects: number;
  readonly images: number;
  readonly groups: number;
  readonly counts: Counts;
}

const NONE: Counts = {
  embedded: 0,
  cached: 0,
  failed: 0,
  decidedGroups: 0,
  failedGroups: 0,
  invertedCrops: 0,
};

/** Adds up all projects of a run, including those that the message does not list. */
export function toTotals({ projects, others }: LiveRun['status']): Totals {
  const parts: Totals[] = projects.map((project) => ({ ...project, projects: 1 }));
  if (others !== undefined) parts.push(others);
  const start: Totals = { projects: 0, images: 0, groups: 0, counts: NONE };
  return parts.reduce(
    (sum, part) => ({
      projects: sum.projects + part.projects,
      images: sum.images + part.images,
      groups: sum.groups + part.groups,
      counts: addCounts(sum.counts, part.counts),
    }),
    start,
  );
}

function addCounts(one: Counts, other: Counts): Counts {
  return {
    embedded: one.embedded + other.embedded,
    cached: one.cached + other.cached,
    failed: one.failed + other.failed,
    decidedGroups: one.decidedGroups + other.decidedGroups,
    failedGroups: one.failedGroups + other.failedGroups,
    invertedCrops: one.invertedCrops + other.invertedCrops,
  };
}

/** Images that ended: embedded, taken from the cache or failed. */
export const countEnded = ({ embedded, cached, failed }: Counts): number =>
  embedded + cached + failed;

export const isUnderWay = ({ state }: LiveRun['status']): boolean =>
  state === 'running' || state === 'paused';

/** A number that changes when a group of the project may have been decided. */
export function countDecided(state: LiveState | null, project: string): number {
  const counts = (state?.runs ?? []).flatMap(({ status }) =>
    status.projects.filter(({ name }) => name === project).map((each) => each.counts),
  );
  return counts.reduce((sum, each) => sum + each.decidedGroups + each.failedGroups, 0);
}
