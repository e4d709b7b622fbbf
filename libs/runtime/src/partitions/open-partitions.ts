import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import {
  isLockHeld,
  tryLockFile,
  unguardedFolder,
  type FileLock,
  type GuardedFolder,
} from '@cullstream/files';
import { toShare } from './to-share.js';

/** The partitions of one of several processes that share all of them. */
export interface Partitions {
  /**
   * The numbers of the partitions that should be this process's now. To be called about once a second.
   * @throws {FileLockError} if the locks cannot be used
   */
  look(): readonly number[];
  /** Takes a partition. @returns whether it is this process's now */
  take(partition: number): boolean;
  /** Gives one back, after its last work has ended. */
  release(partition: number): void;
}

/**
 * Shares partitions among the processes that have a folder open, by locks of the system: each process has a
 * number, and each partition one holder. Partitions of a process that has ended are taken by the others.
 * @param folder for the files of the locks, which stay and must not be deleted
 * @param count number of partitions, and of processes that share them; further ones stand by
 * @param dataFolder in which it is
 * @throws {TransientError} while another folder is in the place of the data folder
 * @throws {ConfigurationError} if several should share them, and the file system has no locks
 */
export function openPartitions(
  folder: string,
  count: number,
  dataFolder: GuardedFolder = unguardedFolder,
): Partitions {
  dataFolder.makeFolder(folder);
  const toPath = (kind: 'process' | 'partition', at: number) => join(folder, `${kind}-${at}.lock`);
  const held = new Map<string, { lock: FileLock; inode: number }>();

  /** Whether the file is still the one that was locked, and was not deleted or replaced. */
  const isKept = (path: string) =>
    held.get(path)?.inode === statSync(path, { throwIfNoEntry: false })?.ino;

  function tryTake(path: string): boolean {
    if (held.has(path)) return isKept(path);
    const lock = tryLockFile(path);
    if (lock === undefined) return false;
    if (lock.keepsOut !== 'everybody' && count > 1) {
      lock.release();
      throw new ConfigurationError([
        `${folder}: its file system has no locks, so several writers cannot share its projects: ` +
          'start one only, and set up the broker for one with `cullstream provision`',
      ]);
    }
    held.set(path, { lock, inode: statSync(path).ino });
    return isKept(path);
  }

  function release(path: string): void {
    held.get(path)?.lock.release();
    held.delete(path);
  }

  let own: number | undefined;
  let seen = '';

  /** The number of this process; undefined where all numbers are taken. */
  function findOwn(): number | undefined {
    if (own !== undefined && isKept(toPath('process', own))) return own;
    if (own !== undefined) release(toPath('process', own));
    for (let at = 1; at <= count; at++) if (tryTake(toPath('process', at))) return at;
    return undefined;
  }

  let share: readonly number[] = [];

  return {
    look() {
      own = findOwn();
      if (own === undefined) return (share = []);
      const alive = [own];
      for (let at = 1; at <= count; at++) {
        if (at !== own && isLockHeld(toPath('process', at))) alive.push(at);
      }
      const found = alive.join();
      // Who looks holds a lock for a moment. Only what is seen twice is believed.
      if (found === seen || share.length === 0) share = toShare(count, alive, own);
      seen = found;
      return share.filter((at) => {
        const path = toPath('partition', at);
        return !held.has(path) || isKept(path);
      });
    },
    take: (partition) => tryTake(toPath('partition', partition)),
    release: (partition) => release(toPath('partition', partition)),
  };
}
