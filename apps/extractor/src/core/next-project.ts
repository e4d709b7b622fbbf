import type { PlannedProject, RunRecord } from '@cullstream/contracts';

/**
 * The project whose images are published next: of those that are left the first one that people want
 * first, else the first of the run.
 * @param published names of projects that are published already
 */
export function nextProject(
  { projects, first = [] }: Pick<RunRecord, 'projects' | 'first'>,
  published: ReadonlySet<string>,
): PlannedProject | undefined {
  const left = projects.filter(({ project }) => !published.has(project.name));
  const wanted = first.find((name) => left.some(({ project }) => project.name === name));
  return left.find(({ project }) => project.name === wanted) ?? left[0];
}
