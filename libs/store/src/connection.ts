import type BetterSqlite3 from 'better-sqlite3';
import { Sqlite } from './sqlite.js';

/** Tells people what they should know and nothing failed over. */
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
 */
export function openConnection(
  path: string,
  { notice = () => undefined, busyTimeoutMs = BUSY_TIMEOUT_MS }: ConnectionOptions = {},
): BetterSqlite3.Database {
  const sqlite = new Sqlite(path, { timeout: busyTimeoutMs });
  try {
    chooseJournal(sqlite, notice);
    sqlite.pragma('synchronous = FULL');
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/** Puts the connection into WAL mode, or into rollback-journal mode where that is refused. */
export function chooseJournal(sqlite: BetterSqlite3.Database, notice: Notice): void {
  const refusal = tryWal(sqlite);
  if (refusal === undefined) return;
  // A file that is in WAL mode can be read without shared memory only under an exclusive lock.
  sqlite.pragma('locking_mode = EXCLUSIVE');
  sqlite.pragma('journal_mode = DELETE');
  notice(
    `${sqlite.name}: the file system refuses write-ahead logging (${refusal}); ` +
      'using a rollback journal, which is as safe and slower',
  );
}

const WAL_REFUSALS = [
  'SQLITE_CANTOPEN',
  'SQLITE_PROTOCOL',
  'SQLITE_IOERR_SHMOPEN',
  'SQLITE_IOERR_SHMSIZE',
  'SQLITE_IOERR_SHMLOCK',
  'SQLITE_IOERR_SHMMAP',
];

/** Why WAL is not to be had; undefined where it is on. */
function tryWal(sqlite: BetterSqlite3.Database): string | undefined {
  try {
    const mode = String(sqlite.pragma('journal_mode = WAL', { simple: true }));
    return mode === 'wal' ? undefined : `journal mode stays "${mode}"`;
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError)) throw error;
    if (!WAL_REFUSALS.includes(error.code)) throw error;
    return error.code;
  }
}
