import type BetterSqlite3 from 'better-sqlite3';
import { recordBackup, type BackupNote } from './backup.js';
import { hasWriteAheadLog, readFileImage, type FileImage } from './file-image.js';

/** The file before a merge, under its lock; undefined if it is not the whole database. */
export function readFileBeforeMerge(
  sqlite: BetterSqlite3.Database,
  file: number,
): FileImage | undefined {
  return hasWriteAheadLog(sqlite.name) ? undefined : readFileImage(file);
}

/**
 * Commits a merge and records the file's bytes right after it, unless another program writes at that
 * moment. Nothing after the commit can make the merge fail: without the record, an undo restores rows
 * instead of bytes.
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

/** A value that changes only when another connection has committed. */
function dataVersion(sqlite: BetterSqlite3.Database): unknown {
  return sqlite.pragma('data_version', { simple: true });
}
