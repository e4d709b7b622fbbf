import { closeSync } from 'node:fs';
import { openRegularFileSync } from '@cullstream/files';
import type BetterSqlite3 from 'better-sqlite3';
import type { MergedFile } from './backup.js';
import { hasWriteAheadLog, readFileImage, writeCounters } from './file-image.js';
import { isOpenElsewhere } from './open-elsewhere.js';
import { Sqlite } from '../sqlite.js';

const ALL_PAGES = 0x7fffffff;
const CHANGED = 'its file has changed since the merge';
const IN_USE = 'another program has it open';
const LOGGED = 'a write-ahead log lies beside it';

/** Why the bytes were not restored. The database is unchanged, or has the rows of the backup. */
class NotRestored extends Error {
  override readonly name = 'NotRestored';
}

/**
 * Restores the bytes of a database file from before a merge, if no program has written to it since or has
 * it open: first all pages, in one transaction of SQLite's backup API, then the counters of the header,
 * under an exclusive lock. If it is killed at any point, the database is sound, and the same call can be
 * repeated.
 * @param backup a private copy of the merge's backup
 * @returns undefined if it was done, else why not; nothing is lost then, but the rows must be restored
 */
export async function restoreBytes(
  target: string,
  backup: BetterSqlite3.Database,
  noted: MergedFile | undefined,
): Promise<string | undefined> {
  if (noted === undefined) return 'it was in use during the merge, so its bytes were not noted';
  const { before, after } = noted;
  if (readImageHash(backup.name, before.counters) !== before.sha256)
    return 'the backup has changed';
  if (isOpenElsewhere(target)) return IN_USE;
  const file = openRegularFileSync(target, 'r+');
  try {
    let isAgainAsBefore = underLock(target, () => {
      if (endsAsBefore()) return true;
      requireMerged();
      return false;
    });
    if (!isAgainAsBefore) {
      // First called when the lock is held and nothing is written yet: throwing ends the backup.
      await backup.backup(target, { progress: () => (requireMerged(), ALL_PAGES) });
      isAgainAsBefore = underLock(target, endsAsBefore);
    }
    return isAgainAsBefore ? undefined : CHANGED;
  } catch (error) {
    if (error instanceof NotRestored) return error.message;
    throw error;
  } finally {
    closeSync(file);
  }

  function endsAsBefore(): boolean {
    if (readFileImage(file, before.counters).sha256 !== before.sha256) return false;
    writeCounters(file, before.counters);
    return true;
  }

  function requireMerged(): void {
    if (hasWriteAheadLog(target)) throw new NotRestored(LOGGED);
    if (readFileImage(file).sha256 !== after) throw new NotRestored(CHANGED);
  }
}

function readImageHash(path: string, counters: string): string {
  const file = openRegularFileSync(path);
  try {
    return readFileImage(file, counters).sha256;
  } finally {
    closeSync(file);
  }
}

/** Runs `work` while no other program can read or write, not even with a write-ahead log. */
function underLock<T>(path: string, work: () => T): T {
  const sqlite = new Sqlite(path, { fileMustExist: true, timeout: 0 });
  try {
    sqlite.pragma('locking_mode = EXCLUSIVE');
    sqlite.exec('BEGIN EXCLUSIVE');
    return work();
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError) || !error.code.startsWith('SQLITE_BUSY'))
      throw error;
    throw new NotRestored(IN_USE);
  } finally {
    sqlite.close();
  }
}
