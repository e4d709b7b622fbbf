import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadSqlite } from '@cullstream/sqlite';
import { toErrno, isErrno } from './errno.js';
import { errorMessage } from './error-message.js';
import { refuseOtherThanFile } from './open-regular-file.js';

/** The file cannot be used as a lock at all; the message says why. */
export class FileLockError extends Error {
  override readonly name = 'FileLockError';
}

export interface SystemLock {
  release(): void;
}

/** The result of one attempt: the lock, `held` by another, or `refused` by the file system. */
export type SystemLockResult = SystemLock | 'held' | 'refused';

type Connection = InstanceType<ReturnType<typeof loadSqlite>>;

/** A connection that is garbage-collected would be closed, and its lock released. */
const held = new Set<Connection>();

/** The error comes from the lock itself, not from reading or writing. */
const REFUSALS = [
  'SQLITE_IOERR_CHECKRESERVEDLOCK',
  'SQLITE_IOERR_LOCK',
  'SQLITE_IOERR_RDLOCK',
  'SQLITE_NOLFS',
  'SQLITE_PERM',
  'SQLITE_PROTOCOL',
];

/**
 * A lock of the operating system on a file, taken through SQLite, which is installed anyway and
 * supports the locks of every system: a write transaction on an empty database that is never
 * committed. Only one connection holds it at a time, also within a process, and it ends with the
 * process. Nothing else in this process may open the file: POSIX releases all locks of a process on
 * a file when any of its handles is closed.
 */
export function tryLockBySystem(path: string): SystemLockResult {
  const connection = open(path);
  try {
    // No journal file: nothing is ever written.
    connection.pragma('journal_mode = MEMORY');
    connection.exec('BEGIN IMMEDIATE');
  } catch (cause) {
    connection.close();
    const code = toErrno(cause) ?? '';
    if (code === 'SQLITE_BUSY') return 'held';
    if (REFUSALS.includes(code)) return 'refused';
    throw toFileLockError(path, cause);
  }
  held.add(connection);
  return {
    release() {
      if (held.delete(connection)) connection.close();
    },
  };
}

function open(path: string): Connection {
  const Sqlite = loadSqlite();
  try {
    refuseOtherThanFile(path);
    return new Sqlite(path, { timeout: 0 });
  } catch (cause) {
    throw toFileLockError(path, cause);
  }
}

/** SQLite reports that a file cannot be opened, but not why. */
function toFileLockError(path: string, cause: unknown): FileLockError {
  if (toErrno(cause) === 'SQLITE_NOTADB') {
    return new FileLockError(`${path} is no lock but another file: move it away`, { cause });
  }
  return new FileLockError(
    `${path} cannot be locked: ${errorMessage(findRefusal(path) ?? cause)}`,
    {
      cause,
    },
  );
}

/** The system's error for writing to a file; undefined where there is none. */
function findRefusal(path: string): unknown {
  try {
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    return isErrno(error, 'ENOENT') && existsSync(dirname(path)) ? undefined : error;
  }
  return undefined;
}
