import {
  createProjectDatabase,
  openProjectDatabase,
  type ApplyResult,
  type ImageResult,
  type ProjectDatabase,
} from '@cullstream/store';
import { TransientError } from '@cullstream/contracts';
import type { GuardedFolder } from '@cullstream/files';
import type { Logger, ProjectLocks } from '@cullstream/runtime';

/** Projects finish one after another, so a few open files serve any number of projects. */
const MAX_OPEN = 8;
/** When a project that another writer has is tried again. */
const RETRY_AFTER_MS = 1_000;

export interface Applied extends ApplyResult {
  /** Path of the database below the data folder, with `/`. */
  readonly name: string;
}

export interface OpenDatabases {
  /**
   * Keeps other writers from a project, until the returned function is called and its database is closed.
   * @throws {TransientError} while another writer has the project
   */
  reserve(project: string): () => void;
  /**
   * Stores results of one project. They are synced to disk when it resolves.
   * @throws as {@link ProjectDatabase.apply} and {@link openProjectDatabase}.
   */
  apply(project: string, events: readonly ImageResult[], at: Date): Promise<Applied>;
  /** Closes the database of a project that gets no more results for now. */
  close(project: string): void;
  /** Closes the databases of some projects. */
  closeWhere(isOne: (project: string) => boolean): void;
  closeAll(): void;
}

/**
 * Opens project databases when they are first needed, and keeps the eight that were used last. A new
 * database is created together with its first results.
 */
export function createOpenDatabases(
  dataDir: string,
  log: Logger,
  folder: GuardedFolder,
  locks: ProjectLocks,
): OpenDatabases {
  const open = new Map<string, { database: ProjectDatabase; release: () => void }>();
  const close = (project: string) => {
    const found = open.get(project);
    open.delete(project);
    try {
      found?.database.close();
    } finally {
      found?.release();
    }
  };
  const reserve = (project: string) => {
    const release = locks.hold(project);
    if (release !== undefined) return release;
    throw new TransientError(`${project}: another writer works on it`, {
      retryAfterMs: RETRY_AFTER_MS,
    });
  };
  const closeWhere = (isOne: (project: string) => boolean) => {
    for (const project of [...open.keys()].filter(isOne)) close(project);
  };
  return {
    reserve,
    async apply(project, events, at) {
      const known = open.get(project);
      const place = { dataDir, project, folder };
      if (known === undefined) {
        const created = await createProjectDatabase(place, events, at);
        if (created !== undefined) return created;
      }
      const entry = known ?? {
        database: await openProjectDatabase({
          ...place,
          notice: (message) => log.warn({ project }, message),
        }),
        release: reserve(project),
      };
      const { database } = entry;
      // Deleted and set again: the order of the map is then the order of use.
      open.delete(project);
      open.set(project, entry);
      const [longestUnused] = open.keys();
      if (open.size > MAX_OPEN && longestUnused !== undefined) close(longestUnused);
      return { name: database.name, ...database.apply(events, at) };
    },
    close,
    closeWhere,
    closeAll: () => closeWhere(() => true),
  };
}
