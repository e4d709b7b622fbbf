import type BetterSqlite3 from 'better-sqlite3';
import { ConfigurationError } from '@cullstream/contracts';
import { DatabaseError, translateError, translatingErrors } from '../database-error.js';
import { withPrivateCopy } from '../private-copy.js';
import { readDecisions } from '../stored-decisions.js';
import { columnsOf, hasRowid } from '../table-columns.js';
import { createBackup, findBackup, noteBackup, removeBackup, type BackupNote } from './backup.js';
import { digestContent } from './content-digest.js';
import { changesAnything, type MergeReport } from './merge-report.js';
import { mergeRows } from './merge-rows.js';
import { Sqlite } from '../sqlite.js';

const BUSY_TIMEOUT_MS = 10_000;

export interface MergeOptions {
  /** Names the backup. */
  readonly now: Date;
  /** How long to wait for another program's lock. */
  readonly busyTimeoutMs?: number;
}

export interface AppliedMerge {
  readonly report: MergeReport;
  /** The database as it was; null when there was nothing to change. */
  readonly backup: string | null;
}

/**
 * What {@link applyMerge} would do, found out on a private copy: neither file is touched.
 * @throws {DatabaseError} when one of the files is damaged, no database or not readable.
 * @throws {ConfigurationError} when the target has no table to merge into.
 */
export function planMerge(stagedPath: string, targetPath: string): MergeReport {
  return withPrivateCopy(targetPath, (copy) =>
    copy.transaction(() => mergeRows(copy, readDecisions(stagedPath)))(),
  );
}

/**
 * Carries staged predictions into a database that cullstream did not create: a verified backup
 * beside it, then one transaction under a lock taken before the backup. Writes nothing, and makes
 * no backup, where nothing is to be changed.
 * @throws as {@link planMerge}; {TransientError} when another program holds the lock or the disk is
 * full. The database is then as it was.
 */
export async function applyMerge(
  stagedPath: string,
  targetPath: string,
  { now, busyTimeoutMs = BUSY_TIMEOUT_MS }: MergeOptions,
): Promise<AppliedMerge> {
  const planned = planMerge(stagedPath, targetPath);
  if (!changesAnything(planned)) return { report: planned, backup: null };
  try {
    const sqlite = openForMerge(targetPath, busyTimeoutMs);
    try {
      sqlite.exec('BEGIN IMMEDIATE');
      const backup = await createBackup(targetPath, now);
      const report = mergeRows(sqlite, readDecisions(stagedPath));
      noteBackup(backup, { contentAfter: digestContent(sqlite) });
      sqlite.exec('COMMIT');
      return { report, backup };
    } finally {
      sqlite.close();
    }
  } catch (error) {
    throw translateError(error, 'merge into', targetPath);
  }
}

/**
 * Takes the last merge back: the rows of the backup, which is then removed.
 * @returns the backup that was restored.
 * @throws {ConfigurationError} when there is no backup, or when the database has changed since the
 * merge and restoring would lose that. Nothing was changed then.
 */
export function undoMerge(targetPath: string): string {
  const found = findBackup(targetPath);
  if (found === undefined) {
    throw new ConfigurationError([`there is no backup of a merge beside ${targetPath}`]);
  }
  withPrivateCopy(found.backup, (copy) =>
    translatingErrors('restore', targetPath, () => {
      const sqlite = openForMerge(targetPath, BUSY_TIMEOUT_MS);
      try {
        sqlite.prepare('ATTACH ? AS backup').run(copy.name);
        sqlite.transaction(() => restore(sqlite, digestContent(copy), found)).immediate();
      } finally {
        sqlite.close();
      }
    }),
  );
  removeBackup(found.backup);
  return found.backup;
}

/** A merge changes one table, so the others stay as they are. */
function restore(
  sqlite: BetterSqlite3.Database,
  before: string,
  { backup, note }: { readonly backup: string; readonly note: BackupNote },
): void {
  const current = digestContent(sqlite);
  if (current !== note.contentAfter && current !== before) {
    throw new ConfigurationError([
      `${sqlite.name} has changed since the merge, and undoing would lose that; ` +
        `the database as it was before is ${backup}`,
    ]);
  }
  const columns = [...columnsOf(sqlite, 'ai_decisions')].map((column) => `"${column}"`);
  if (hasRowid(sqlite, 'ai_decisions')) columns.unshift('rowid');
  sqlite.exec('DELETE FROM main.ai_decisions');
  sqlite.exec(
    `INSERT INTO main.ai_decisions (${columns.join()})
     SELECT ${columns.join()} FROM backup.ai_decisions`,
  );
  if (digestContent(sqlite) === before) return;
  throw new DatabaseError(
    'not-writable',
    sqlite.name,
    `${backup} cannot be restored exactly, ${sqlite.name} was left as it is; copy the backup over it`,
  );
}

function openForMerge(path: string, busyTimeoutMs: number): BetterSqlite3.Database {
  const sqlite = new Sqlite(path, { fileMustExist: true, timeout: busyTimeoutMs });
  sqlite.pragma('synchronous = FULL');
  return sqlite;
}
