import { counted } from '@cullstream/contracts';
import { errorMessage } from '@cullstream/files';
import { readExistingGroups, readProjectState } from '@cullstream/store';
import type { ProjectSource } from './find-projects.js';

/** Whether the data folder confirms that a project is done, as an inventory says. */
export interface DoneProject extends ProjectSource {
  readonly isDone: boolean;
  readonly images: number;
  readonly groups: number;
  /** What was found, or why the project is not done and what to do. */
  readonly message: string;
}

/**
 * Checks whether a project is done: a completed run in a database of ours, or rows in one of the user's.
 * Leaves no trace.
 */
export function checkDone(dataDir: string, project: ProjectSource): DoneProject {
  const not = (why: string): DoneProject => ({
    ...project,
    isDone: false,
    images: 0,
    groups: 0,
    message:
      `the inventory says done, but ${why}; ` +
      'say `pending` to have it made, or `skip` to leave it out',
  });
  try {
    const { runs, location } = readProjectState(dataDir, project.name);
    const run = runs.findLast(({ completedAt }) => completedAt !== null);
    if (run !== undefined) {
      const { images, groups } = run.project;
      return found(project, { images, groups, database: location.targetName });
    }
    if (location.main.owner === 'nobody') return not(`${dataDir} has no database of it`);
    if (location.main.owner === 'cullstream') return not('no run over it has been completed');
    const rows = readExistingGroups(location.main.path).groups;
    if (rows.length === 0) return not(`${location.main.path} has no groups`);
    const images = rows.reduce((sum, row) => sum + row.images.length, 0);
    return found(project, { images, groups: rows.length, database: location.main.path });
  } catch (error) {
    return not(`its database cannot be used: ${errorMessage(error)}`);
  }
}

function found(
  project: ProjectSource,
  { images, groups, database }: { images: number; groups: number; database: string },
): DoneProject {
  const message = `the inventory says done: ${counted(groups, 'group')} of ${counted(images, 'image')} in ${database}`;
  return { ...project, isDone: true, images, groups, message };
}
