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
   * Whom it keeps out: every process that reaches the file, or, where the file system has no locks
   * (some network drives), those of this user on this computer.
   */
  readonly keepsOut: 'everybody' | 'this-computer';
  /** Safe to call again. */
  release(): void;
}

/**
 * Takes a lock that one holder has at a time, of all processes and threads, and that the system gives
 * back when its process ends, however that happens: none is ever stale (docs/adr/0019). The file is made
 * where it is missing, and stays, empty: were it deleted, two could have the lock. Nothing else of this
 * process may open it, for closing it again gives the lock away.
 *
 * @param trySystem the system's locks
 * @returns undefined while somebody else has it
 * @throws {FileLockError} where the file cannot be made or is something else
 */
export function tryLockFile(
  path: string,
  trySystem: (path: string) => SystemLockResult = tryLockBySystem,
): FileLock | undefined {
  const lock = trySystem(path);
  if (typeof lock === 'object') return { keepsOut: 'everybody', release: () => lock.release() };
  // A file system without locks may say so, or say of every lock that another has it.
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

/** As {@link tryLockFile}, and waits for its turn. */
export async function lockFile(path: string): Promise<FileLock> {
  for (;;) {
    const lock = tryLockFile(path);
    if (lock !== undefined) return lock;
    // Not all at the same moment.
    await delay(RETRY_MS * (0.5 + Math.random()));
  }
}

/**
 * Runs `work` while nobody else holds the lock.
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

/** Whether a file that nobody else knows of can be locked in the same folder. */
function canLockBeside(path: string, trySystem: (path: string) => SystemLockResult): boolean {
  const probe = temporaryPathFor(join(dirname(path), 'lock'));
  try {
    const lock = trySystem(probe);
    if (typeof lock === 'object') lock.release();
    return typeof lock === 'object';
  } catch (error) {
    // The folder takes no new files: then the lock itself is as good as it looked.
    if (error instanceof FileLockError) return true;
    throw error;
  } finally {
    rmSync(probe, { force: true });
  }
}

/** A file of this computer that stands for one elsewhere, by its real path. */
function localPathFor(path: string): string {
  const folder = join(tmpdir(), `cullstream-locks-${process.getuid?.() ?? 'user'}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const real = join(realpathSync(dirname(path)), basename(path));
  return join(folder, createHash('sha256').update(real).digest('hex').slice(0, 32));
}
