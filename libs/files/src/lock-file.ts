import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FileLockError, tryLockBySystem, type SystemLockResult } from './system-lock.js';
import { temporaryPathFor } from './temporary-names.js';

const RETRY_MS = 50;

export interface FileLock {
  /**
   * Which processes it excludes: all that reach the file or, where the file system has no locks
   * (some network drives), those of this user on this computer.
   */
  readonly keepsOut: 'everybody' | 'this-computer';
  /** Releases the lock. Can be called repeatedly. */
  release(): void;
}

/**
 * Takes a lock that only one process or thread can hold at a time. The system releases it when the
 * process ends for any reason, so a lock is never stale (docs/adr/0019). The file is made if it is
 * missing, and is never deleted: otherwise two processes could hold the lock. Nothing else in this
 * process may open the file, because closing it would release the lock.
 *
 * @param trySystem the system's locks
 * @returns undefined while another process or thread holds it
 * @throws {FileLockError} where the file cannot be made or is something else
 */
export function tryLockFile(
  path: string,
  trySystem: (path: string) => SystemLockResult = tryLockBySystem,
): FileLock | undefined {
  const lock = trySystem(path);
  if (typeof lock === 'object') return { keepsOut: 'everybody', release: () => lock.release() };
  // A file system without locks may report this, or report every lock as held by another process.
  if (lock === 'held' && canLockBeside(path, trySystem)) return undefined;
  const local = trySystem(localPathFor(path));
  if (local === 'held') return undefined;
  if (local === 'refused') {
    throw new FileLockError(
      `${path}: neither its file system nor the one of ${tmpdir()} can lock files; ` +
        'choose a folder on another drive',
    );
  }
  return { keepsOut: 'this-computer', release: () => local.release() };
}

/**
 * Whether another process or thread holds a lock, on a file system that has locks.
 * @throws {FileLockError} as {@link tryLockFile}
 */
export function isLockHeld(path: string): boolean {
  const lock = tryLockBySystem(path);
  if (typeof lock === 'object') lock.release();
  return lock === 'held';
}

/** As {@link tryLockFile}, but waits until the lock is free. */
export async function lockFile(path: string): Promise<FileLock> {
  for (;;) {
    const lock = tryLockFile(path);
    if (lock !== undefined) return lock;
    // A random delay, so that waiting processes do not all try at the same moment.
    await delay(RETRY_MS * (0.5 + Math.random()));
  }
}

/**
 * Runs `work` while holding the lock.
 *
 * @example
 * ```ts
 * await withFileLock('cache/index.lock', () => rewriteIndex());
 * ```
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = await lockFile(path);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** Tests whether a new file in the same folder can be locked. */
function canLockBeside(path: string, trySystem: (path: string) => SystemLockResult): boolean {
  const probe = temporaryPathFor(join(dirname(path), 'lock'));
  try {
    const lock = trySystem(probe);
    if (typeof lock === 'object') lock.release();
    return typeof lock === 'object';
  } catch (error) {
    // The folder accepts no new files, so the test is not possible and the first answer is used.
    if (error instanceof FileLockError) return true;
    throw error;
  } finally {
    rmSync(probe, { force: true });
  }
}

/**
 * A file on this computer that replaces a lock file elsewhere. Its name comes from the real path.
 */
function localPathFor(path: string): string {
  const folder = join(tmpdir(), `cullstream-locks-${process.getuid?.() ?? 'user'}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const real = join(realpathSync(dirname(path)), basename(path));
  return join(folder, createHash('sha256').update(real).digest('hex').slice(0, 32));
}
