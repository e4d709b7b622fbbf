import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { TransientError } from '@cullstream/contracts';
import { hasNoFreeInodes } from '@cullstream/files';
import { isCullstreamDatabase } from './application-id.js';

/** Why a database cannot be used until somebody repairs the cause. */
export type DatabaseProblem = 'damaged' | 'newer' | 'not-ours' | 'not-writable' | 'unreadable';

/** A project database cannot be used. Retrying does not help; the message says what does. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly problem: DatabaseProblem;
  readonly path: string;
  constructor(problem: DatabaseProblem, path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
    this.path = path;
  }
}

/** Reading or writing a database failed: temporarily if its disk was away, for good at a bad sector. */
export class DatabaseReadWriteError extends TransientError {}

const DISK_FULL_RETRY_MS = 10_000;

/**
 * Translates an error of SQLite or the file system for callers. Other errors are returned as they are.
 * @param doing what was tried, as in "could not {doing} {path}".
 */
export function translateError(error: unknown, doing: string, path: string): unknown {
  if (error instanceof DatabaseError) return error;
  const options = { cause: error };
  const what = `could not ${doing} ${path}`;
  if (error instanceof SyntaxError) {
    return damaged(path, `${what}: a text in it that cullstream wrote cannot be read`, options);
  }
  const code = toCode(error);
  if (code === undefined) return error;
  const isRefused = code === 'ENOSPC' || code.startsWith('SQLITE_CANTOPEN') || isFailedMkdir(error);
  if (isRefused && hasNoFreeInodes(path)) {
    return new TransientError(
      `${what}: the disk has no free inodes; delete some of its many files, work then goes on`,
      { ...options, retryAfterMs: DISK_FULL_RETRY_MS },
    );
  }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') {
    return new TransientError(`${what}: the disk is full; free some space, work then goes on`, {
      ...options,
      retryAfterMs: DISK_FULL_RETRY_MS,
    });
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED') || code === 'EBUSY') {
    return new TransientError(`${what}: another program holds its lock; close it or wait`, options);
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || isUnknownFormat(error)) {
    return damaged(path, `${what}: the file is damaged or no SQLite database`, options);
  }
  if (code === 'EFTYPE' || code === 'EISDIR') {
    const remedy = 'it is no file; move it away, or restore the database from a backup';
    return new DatabaseError('unreadable', path, `${what}: ${remedy}`, options);
  }
  if (code === 'SQLITE_CANTOPEN' && isAllowed(path)) {
    // Perhaps the disk had no room a moment ago for the files that SQLite keeps beside it.
    return new DatabaseReadWriteError(
      `${what}, though nothing forbids it; check the disk`,
      options,
    );
  }
  if (isDenied(code) || isFailedMkdir(error)) {
    return new DatabaseError(
      'not-writable',
      path,
      `${what}: no permission, or the folder is read-only; choose a data folder that can be written`,
      options,
    );
  }
  if (code.startsWith('SQLITE_IOERR') || code === 'EIO') {
    return new DatabaseReadWriteError(
      `${what}: reading or writing failed (${code}); check the disk`,
      options,
    );
  }
  return error;
}

/** A database of ours can be made again from the cache; for one of the user's, the user must decide. */
function damaged(path: string, what: string, options: ErrorOptions): DatabaseError {
  const wayOut = isOurs(path)
    ? `\`cullstream verify\` with ‹repair› keeps it under another name and makes it anew`
    : 'restore it from a backup or move it away';
  return new DatabaseError('damaged', path, `${what}; ${wayOut}`, options);
}

function isOurs(path: string): boolean {
  try {
    return isCullstreamDatabase(path);
  } catch {
    return false;
  }
}

/** Runs `work` and throws what {@link translateError} makes of its error. */
export function withTranslatedErrors<T>(doing: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translateError(error, doing, path);
  }
}

/** Whether a file is there, and may be read and written, as may its folder. */
function isAllowed(path: string): boolean {
  try {
    for (const each of [dirname(path), path]) accessSync(each, constants.R_OK | constants.W_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** SQLite has no code of its own for a header with a format that does not exist. */
function isUnknownFormat(error: unknown): boolean {
  return error instanceof Error && error.message === 'unsupported file format';
}

function isDenied(code: string): boolean {
  return (
    code.startsWith('SQLITE_READONLY') ||
    code.startsWith('SQLITE_CANTOPEN') ||
    code.startsWith('SQLITE_PERM') ||
    ['EROFS', 'EACCES', 'EPERM'].includes(code)
  );
}

/** Node's recursive mkdir reports a parent it may not write to as missing. */
function isFailedMkdir(error: unknown): boolean {
  return (
    toCode(error) === 'ENOENT' &&
    error instanceof Error &&
    'syscall' in error &&
    error.syscall === 'mkdir'
  );
}

function toCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
