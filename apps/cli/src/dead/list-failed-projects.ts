import { createHash } from 'node:crypto';
import { identifyProject, projectFailure } from '@cullstream/store';
import { readLastSummary } from '../status/read-last-summary.js';
import type { FailedProject } from './dead-entry.js';

/** The projects that failed as a whole in the last run: archives that cannot be read, say. */
export async function listFailedProjects(dataDir: string): Promise<FailedProject[]> {
  const last = await readLastSummary(dataDir, {
    onUnreadable: () => undefined,
    isWanted: ({ replay = false }) => !replay,
  });
  if (last === undefined) return [];
  const { batch_id: run, completed_at: at, projects } = last.summary;
  return projects
    .filter(({ status }) => status === 'failed')
    .map((project) => ({
      kind: 'project',
      id: idOf(project.project_id),
      project: project.project_id,
      run,
      archive: project.zip_file,
      entry: '',
      ...projectFailure,
      message: project.message ?? '',
      attempts: 1,
      firstAt: at,
      lastAt: at,
      identity: identifyProject(project),
    }));
}

/** `p` and eight hex digits: the same for a project in every run. */
function idOf(project: string): string {
  return `p${createHash('sha256').update(project.normalize('NFC')).digest('hex').slice(0, 8)}`;
}
