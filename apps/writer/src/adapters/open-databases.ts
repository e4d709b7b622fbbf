import { openProjectDatabase, type ProjectDatabase } from '@cullstream/store';
import type { Logger } from '@cullstream/runtime';

/** Projects finish one after another, so a few open files serve any number of projects. */
const MAX_OPEN = 8;

export interface OpenDatabases {
  of(project: string): Promise<ProjectDatabase>;
  /** Closes one that has nothing more to take for now. */
  close(project: string): void;
  closeAll(): void;
}

/** Opens project databases when they are first needed and closes the longest unused beyond eight. */
export function createOpenDatabases(dataDir: string, log: Logger): OpenDatabases {
  const open = new Map<string, ProjectDatabase>();
  const close = (project: string) => {
    open.get(project)?.close();
    open.delete(project);
  };
  return {
    async of(project) {
      const database =
        open.get(project) ??
        (await openProjectDatabase({
          dataDir,
          project,
          notice: (message) => log.warn({ project }, message),
        }));
      // Deleted and set again, so that the map's order is the order of use.
      open.delete(project);
      open.set(project, database);
      const [longestUnused] = open.keys();
      if (open.size > MAX_OPEN && longestUnused !== undefined) close(longestUnused);
      return database;
    },
    close,
    closeAll() {
      for (const project of [...open.keys()]) close(project);
    },
  };
}
