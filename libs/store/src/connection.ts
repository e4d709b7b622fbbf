import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { refuseNewer, refuseNewerFile } from './refuse-newer.js';
import { Sqlite } from './sqlite.js';

/** Shows a notice that the user should know, although nothing failed. */
export type Notice = (message: string) => void;

export interface ConnectionOptions {
  readonly notice?: Notice;
  /** How long to wait for another program's lock. */
  readonly busyTimeoutMs?: number;
}

const BUSY_TIMEOUT_MS = 10_000;

/**
 * A connection to a database of ours: WAL, every commit synced to disk. Where the file system
 * refuses WAL (no shared memory, as on some network mounts) it falls back to a rollback journal
 * with the same durability and says so.
 * @throws {DatabaseError} when a newer cullstream has written it; it is left as it is.
 */
export function openConnection(
  path: string,
  { notice = () => undefined, busyTimeoutMs = BUSY_TIMEOUT_MS }: ConnectionOptions = {},
): BetterSqlite3.Database {
  if (existsSync(path)) {
    // SQLite would open it for reading and leave files beside it that cannot be written later.
    if (mayWrite(dirname(path)) && !mayWrite(path)) accessSync(path, constants.W_OK);
    refuseNewerFile(path);
  }
  const open = (choose: (sqlite: BetterSqlite3.Database) => void) => {
    const sqlite = new Sqlite(path, { timeout: busyTimeoutMs });
    try {
      choose(sqlite);
      refuseNewer(sqlite, path);
      sqlite.pragma('synchronous = FULL');
      return sqlite;
    } catch (error) {
      sqlite.close();
      throw error;
    }
  };
  try {
    return open(writeAhead);
  } catch (error) {
    const refusal = toRefusal(error);
    if (refusal === undefined) throw error;
    // A new connection is needed: this one has switched to write-ahead logging and cannot go back.
    const sqlite = open(keepRollbackJournal);
    notice(
      `${path}: the file system refuses write-ahead logging (${refusal}); ` +
        'using a rollback journal, which is as safe and slower',
    );
    return sqlite;
  }
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

function writeAhead(sqlite: BetterSqlite3.Database): void {
  const mode = String(sqlite.pragma('journal_mode = WAL', { simple: true }));
  if (mode !== 'wal') throw new RefusedError(`journal mode stays "${mode}"`);
  // Only the first access opens the log and shows whether that is possible.
  sqlite.prepare('SELECT 1 FROM sqlite_schema').get();
}

/** A file in WAL mode can be read without shared memory only under an exclusive lock. */
function keepRollbackJournal(sqlite: BetterSqlite3.Database): void {
  sqlite.pragma('locking_mode = EXCLUSIVE');
  sqlite.pragma('journal_mode = DELETE');
  sqlite.pragma('locking_mode = NORMAL');
  sqlite.prepare('SELECT 1 FROM sqlite_schema').get();
}

const WAL_REFUSALS = [
  'SQLITE_CANTOPEN',
  'SQLITE_PROTOCOL',
  'SQLITE_IOERR_SHMOPEN',
  'SQLITE_IOERR_SHMSIZE',
  'SQLITE_IOERR_SHMLOCK',
  'SQLITE_IOERR_SHMMAP',
];

/** Why WAL is not possible; undefined for other errors. */
function toRefusal(error: unknown): string | undefined {
  if (error instanceof RefusedError) return error.message;
  if (!(error instanceof Sqlite.SqliteError)) return undefined;
  return WAL_REFUSALS.includes(error.code) ? error.code : undefined;
}
