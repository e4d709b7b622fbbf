import { existsSync, linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isErrno } from './errno.js';
import { tryLockFile } from './lock-file.js';
import { temporaryPathFor } from './temporary-names.js';

const RETRY_MS = 2;

/**
 * Writes a file atomically, unless one of that name exists. Of several processes, one succeeds.
 * Not synced to the disk.
 * @returns whether this call wrote it
 * @throws {Error} of the operating system
 */
export function createFileOnce(path: string, content: string | Uint8Array): boolean {
  const temporary = temporaryPathFor(path);
  try {
    writeFileSync(temporary, content, { flag: 'wx' });
    return nameFileOnce(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Gives a finished file its name, unless that exists: renaming would replace the existing file.
 * @returns whether it now has the name. The old name may exist as well.
 */
export function nameFileOnce(
  finished: string,
  path: string,
  link: (from: string, to: string) => void = linkSync,
): boolean {
  try {
    // A hard link is made atomically, and fails if the name exists.
    link(finished, path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    return nameOneAtATime(finished, path);
  }
}

/** For file systems without hard links (exFAT, some network drives). */
function nameOneAtATime(finished: string, path: string): boolean {
  const lockPath = join(dirname(path), '.names.lock');
  let lock = tryLockFile(lockPath);
  while (lock === undefined) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    lock = tryLockFile(lockPath);
  }
  try {
    if (existsSync(path)) return false;
    renameSync(finished, path);
    return true;
  } finally {
    lock.release();
  }
}
