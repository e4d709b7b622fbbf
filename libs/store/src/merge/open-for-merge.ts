import type BetterSqlite3 from 'better-sqlite3';
import { Sqlite } from '../sqlite.js';

/** How long to wait for another program's lock. */
export const BUSY_TIMEOUT_MS = 10_000;

/** A connection that changes a database of the user's, every commit synced to disk. */
export function openForMerge(path: string, busyTimeoutMs: number): BetterSqlite3.Database {
  const sqlite = new Sqlite(path, { fileMustExist: true, timeout: busyTimeoutMs });
  sqlite.pragma('synchronous = FULL');
  return sqlite;
}
