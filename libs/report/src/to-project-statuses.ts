import type { RunStatus } from '@cullstream/contracts';
import type { ProjectProgress } from './run-progress.js';

/** The projects of a status, in the order of their run. */
export function toProjectStatuses(projects: readonly ProjectProgress[]): RunStatus['projects'] {
  return projects.map(({ totals, state, counts }) => ({
    name: totals.name,
    state,
    images: totals.images,
    groups: totals.groups,
    counts,
  }));
}
