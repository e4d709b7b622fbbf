import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { TransientError } from '@cullstream/contracts';
import { toErrno, hasNoFreeInodes } from '@cullstream/files';

/** Long enough to cost little while the disk stays full; the stage tries again by itself. */
const RETRY_AFTER_MS = 10_000;

const advice: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room, the run continues by itself',
  EDQUOT: 'the disk quota is used up: make room, the run continues by itself',
  EIO: 'the disk reports an input/output error: check the drive and its cable',
  EROFS: 'the file system is read-only: mount it writable or choose another data folder',
  EACCES: 'permission denied: give this user write access to the data folder',
  EPERM: 'permission denied: give this user write access to the data folder',
  ENOENT: 'the folder is gone: is the drive still connected?',
  EMFILE: 'too many open files: raise the limit (ulimit -n)',
  ENFILE: 'too many open files on this machine',
};

const NO_INODES =
  'the disk has no free inodes: delete some of its many files, the run continues by itself';

const CODES_OF_FILES = new Set(['EACCES', 'EBADMSG', 'EIO', 'ELOOP', 'ENXIO', 'EPERM', 'ESPIPE']);

/** Whether a fault concerns this one file only: its folder can be used. */
export function isFileFault(cause: unknown, path: string): boolean {
  if (!CODES_OF_FILES.has(toErrno(cause) ?? '')) return false;
  try {
    accessSync(dirname(path), constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const CODES_OF_SECTORS = new Set(['EBADMSG', 'EIO']);

/** Whether a fault concerns only a part of this file, so that other parts may be readable. */
export function isSectorFault(cause: unknown, path: string): boolean {
  return CODES_OF_SECTORS.has(toErrno(cause) ?? '') && isFileFault(cause, path);
}

/** An error that says what a failed file operation means and what to do. The image is tried again. */
export function toStorageFault(action: string, path: string, cause: unknown): TransientError {
  return new TransientError(`${action} ${path}: ${toStorageAdvice(cause, path)}`, {
    cause,
    retryAfterMs: RETRY_AFTER_MS,
  });
}

/** What a person can do about a failed operation on a file at `path`. */
export function toStorageAdvice(cause: unknown, path: string): string {
  const code = toErrno(cause);
  if (code === 'ENOSPC' && hasNoFreeInodes(path)) return `${NO_INODES} (${code})`;
  if (code !== undefined && code in advice) return `${advice[code] ?? ''} (${code})`;
  return cause instanceof Error ? cause.message : String(cause);
}
