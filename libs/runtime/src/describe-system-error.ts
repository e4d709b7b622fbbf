import { hasNoFreeInodes } from '@cullstream/files';

/** What a failed system call means, and what a person can do about it. */
const meanings: Readonly<Record<string, string>> = {
  EACCES: 'permission denied: give this user access to it',
  EBUSY: 'something else is using it: close that first',
  EDQUOT: 'the disk quota is used up: make room',
  EEXIST: 'something else has that name already: choose another one, or move it away',
  EFBIG: 'it would be larger than the file system allows: choose another disk',
  EFTYPE: 'it is a pipe, a device or a socket: name a file',
  EINVAL: 'the file system does not take that: choose another place',
  EIO: 'the disk reports an input/output error: check the drive and its cable',
  EISDIR: 'it is a folder: name a file',
  ELOOP: 'its symbolic links lead in a circle: repair them',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
  ENAMETOOLONG: 'the name is too long: choose a shorter one',
  ENFILE: 'too many files are open on this machine: close some programs',
  ENODEV: 'the device is gone: is the disk still connected?',
  ENOENT: 'there is no such file or folder: check the path',
  ENOMEM: 'the machine has too little memory left: close some programs',
  ENOSPC: 'the disk is full: make room',
  ENOTDIR: 'part of the path is a file: name a folder there',
  ENOTEMPTY: 'the folder is not empty: choose another one, or empty it',
  ENXIO: 'the device is gone: is the disk still connected?',
  EPERM: 'not permitted: give this user access to it',
  EPIPE: 'its reader has gone before it had everything: start both again',
  EROFS: 'the file system is read-only: choose another place, or mount it writable',
  ESTALE: 'the network folder is gone: connect it again',
  ETXTBSY: 'it is a program at work: end that first',
};

const NO_INODES = 'the disk has no free inodes: delete some of its many files';

/** Codes that mean that the path is wrong, not that something fails temporarily. */
const ofThePath = new Set([
  ...[
    'EACCES',
    'EEXIST',
    'EFTYPE',
    'EISDIR',
    'ELOOP',
    'ENAMETOOLONG',
    'ENOENT',
    'ENOTDIR',
    'ENOTEMPTY',
  ],
  ...['EPERM', 'EPIPE', 'EROFS'],
]);

/** Node's message for a failed system call: `ENOENT: no such file or directory, open 'a'`. */
const rawText =
  /(?:Error: )?\b(E[A-Z0-9]{2,}): [^,'"\n]+, [a-z_]+(?: '([^'\n]*)'(?: -> '([^'\n]*)')?)?/g;

interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
  readonly dest?: string;
}

/** Whether an error is a failed system call that this module can describe. */
export function isSystemError(error: unknown): error is SystemError {
  return (
    error instanceof Error &&
    'syscall' in error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code in meanings
  );
}

/** Whether the path that was given is wrong, so that another one would do. */
export function isPathError(error: unknown): error is SystemError {
  return isSystemError(error) && ofThePath.has(error.code);
}

/**
 * What a failed system call means, with its path and what to do; any other error's message.
 * @param path the path, in case the error does not name it
 */
export function describeSystemError(error: unknown, path?: string): string {
  if (!isSystemError(error)) return error instanceof Error ? error.message : String(error);
  const named = path ?? error.path;
  const isOutOfInodes = error.code === 'ENOSPC' && named !== undefined && hasNoFreeInodes(named);
  const meaning = isOutOfInodes ? NO_INODES : (meanings[error.code] ?? '');
  return named === undefined ? meaning : `${named}: ${meaning}`;
}

/** Replaces Node's messages for failed system calls within a text by plain words. */
export function withoutRawErrors(text: string): string {
  return text.replaceAll(rawText, (raw, code: string, path: string | undefined, ...rest) => {
    const meaning = meanings[code];
    if (meaning === undefined) return raw;
    const at = rest.find((each) => typeof each === 'number') ?? 0;
    const isNamed = path === undefined || text.slice(0, at).includes(path);
    return isNamed ? meaning : `${path}: ${meaning}`;
  });
}
