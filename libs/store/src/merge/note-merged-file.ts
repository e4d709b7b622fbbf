import type BetterSqlite3 from 'better-sqlite3';
import { recordBackup, type BackupNote } from './backup.js';
import { hasWriteAheadLog, readFileImage, type FileImage } from './file-image.js';

/** The file that a merge begins with, under its lock; undefined where it is not all there is. */
export function readFileBeforeMerge(
  sqlite: BetterSqlite3.Database,
  file: number,
): FileImage | undefined {
  return hasWriteAheadLog(sqlite.name) ? undefined : readFileImage(file);
}

/**
 * Commits a merge and notes the file's bytes with exactly that in it, unless somebody else writes
 * at that moment. Nothing after the commit can fail the merge: without the note it is undone row
 * by row.
 */
export function commitAndRecordMerge(
  sqlite: BetterSqlite3.Database,
  file: number,
  merge: {
    readonly backup: string;
    readonly note: BackupNote;
    readonly before: FileImage | undefined;
  },
): void {
  const version = dataVersion(sqlite);
  sqlite.exec('COMMIT');
  const { backup, note, before } = merge;
  if (before === undefined) return;
  try {
    sqlite.pragma('busy_timeout = 0');
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
    sqlite.exec('BEGIN IMMEDIATE');
    if (hasWriteAheadLog(sqlite.name) || dataVersion(sqlite) !== version) return;
    recordBackup(backup, { ...note, file: { before, after: readFileImage(file).sha256 } });
  } catch {
    return;
  }
}

/** Changes when another connection has committed, and only then. */
function dataVersion(sqlite: BetterSqlite3.Database): unknown {
  return sqlite.pragma('data_version', { simple: true });
}
