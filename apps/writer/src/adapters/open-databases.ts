import {
  createProjectDatabase,
  openProjectDatabase,
  type ApplyResult,
  type ImageResult,
  type ProjectDatabase,
} from '@cullstream/store';
import type { Logger } from '@cullstream/runtime';

/** Projects finish one after another, so a few open files serve any number of projects. */
const MAX_OPEN = 8;

export interface Applied extends ApplyResult {
  /** Path of the database below the data folder, with `/`. */
  readonly name: string;
}

export interface OpenDatabases {
  /**
   * Stores results of one project. They are synced to disk when it resolves.
   * @throws as {@link ProjectDatabase.apply} and {@link openProjectDatabase}.
   */
  apply(project: string, events: readonly ImageResult[], at: Date): Promise<Applied>;
  /** Closes the database of a project that gets no more results for now. */
  close(project: string): void;
  closeAll(): void;
}

/**
 * Opens project databases when they are first needed, and keeps the eight that were used last. A new
 * database is created together with its first results.
 */
export function createOpenDatabases(
  dataDir: string,
  log: Logger,
  confirmFolder: () => void,
): OpenDatabases {
  const open = new Map<string, ProjectDatabase>();
  const close = (project: string) => {
    open.get(project)?.close();
    open.delete(project);
  };
  return {
    async apply(project, events, at) {
      const known = open.get(project);
      const place = { dataDir, project, confirmFolder };
      if (known === undefined) {
        const created = await createProjectDatabase(place, events, at);
        if (created !== undefined) return created;
      }
      const database =
        known ??
        (await openProjectDatabase({
          ...place,
          notice: (message) => log.warn({ project }, message),
        }));
      // Deleted and set again: the order of the map is then the order of use.
      open.delete(project);
      open.set(project, database);
      const [longestUnused] = open.keys();
      if (open.size > MAX_OPEN && longestUnused !== undefined) close(longestUnused);
      return { name: database.name, ...database.apply(events, at) };
    },
    close,
    closeAll() {
      for (const project of [...open.keys()]) close(project);
    },
  };
}
