import { join } from 'node:path';
import { toSubjectToken } from '@cullstream/contracts';
import { toProjectSlot } from '@cullstream/bus';
import { tryLockFile, unguardedFolder, type FileLock, type GuardedFolder } from '@cullstream/files';

/** Keeps two processes from working on one project, whatever else says whose it is (docs/adr/0044). */
export interface ProjectLocks {
  /**
   * Holds a project, until the returned function has been called.
   * @returns undefined while another process holds it, or a project of the same slot
   * @throws {FileLockError} if the lock cannot be used
   */
  hold(project: string): (() => void) | undefined;
}

/** For a process that has its projects for itself. */
export const noLocks: ProjectLocks = { hold: () => () => undefined };

/**
 * Locks of the system in a folder, one for each slot of projects, so that thousands of projects need 64 files.
 * Their holder keeps them until it ends, also while it is stopped. Within a process they exclude nobody.
 */
export function openProjectLocks(
  folder: string,
  dataFolder: GuardedFolder = unguardedFolder,
): ProjectLocks {
  dataFolder.makeFolder(folder);
  const held = new Map<number, { lock: FileLock; times: number }>();
  const take = (slot: number) => {
    const lock = tryLockFile(join(folder, `${String(slot).padStart(2, '0')}.lock`));
    return lock && { lock, times: 0 };
  };
  return {
    hold(project) {
      const slot = toProjectSlot(toSubjectToken(project));
      const entry = held.get(slot) ?? take(slot);
      if (entry === undefined) return undefined;
      held.set(slot, entry);
      entry.times += 1;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        entry.times -= 1;
        if (entry.times > 0) return;
        held.delete(slot);
        entry.lock.release();
      };
    },
  };
}
