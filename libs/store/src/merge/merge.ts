import Database from 'better-sqlite3';
import { ConfigurationError } from '@cullstream/contracts';
import { DatabaseError, translateError } from '../database-error.js';
import { withPrivateCopy } from '../private-copy.js';
import { readDecisions } from '../stored-decisions.js';
import { createBackup, findBackup, noteBackup, removeBackup } from './backup.js';
import { digestContent } from './content-digest.js';
import { changesAnything, type MergeReport } from './merge-report.js';
import { mergeRows } from './merge-rows.js';

const BUSY_TIMEOUT_MS = 10_000;

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
  { now }: { readonly now: Date },
): Promise<AppliedMerge> {
  const planned = planMerge(stagedPath, targetPath);
  if (!changesAnything(planned)) return { report: planned, backup: null };
  return inTransaction('merge into', targetPath, async (sqlite) => {
    const backup = await createBackup(targetPath, now);
    const report = mergeRows(sqlite, readDecisions(stagedPath));
    noteBackup(backup, { contentAfter: digestContent(sqlite) });
    return { report, backup };
  });
}

/**
 * Takes the last merge back: the rows of the backup, which is then removed.
 * @returns the backup that was restored.
 * @throws {ConfigurationError} when there is no backup, or when the database has changed since the
 * merge and restoring would lose that. Nothing was changed then.
 */
export async function undoMerge(targetPath: string): Promise<string> {
  const found = findBackup(targetPath);
  if (found === undefined) {
    throw new ConfigurationError([`there is no backup of a merge beside ${targetPath}`]);
  }
  const { backup, note } = found;
  await inTransaction('restore', targetPath, (sqlite) => {
    const before = withPrivateCopy(backup, digestContent);
    const current = digestContent(sqlite);
    if (current !== note.contentAfter && current !== before) {
      throw new ConfigurationError([
        `${targetPath} has changed since the merge, and undoing would lose that; ` +
          `the database as it was before is ${backup}`,
      ]);
    }
    restoreRows(sqlite, backup);
    if (digestContent(sqlite) !== before) {
      throw new DatabaseError('damaged', backup, `${backup} cannot be restored exactly`);
    }
  });
  removeBackup(backup);
  return backup;
}

/** A merge changes one table, so the others stay as they are. */
function restoreRows(sqlite: Database.Database, backup: string): void {
  withPrivateCopy(backup, (copy) => {
    const rowid = copy.prepare<[], string>('SELECT rowid AS rowid, * FROM ai_decisions');
    const columns = rowid.columns().map(({ name }) => `"${name}"`);
    const insert = sqlite.prepare<unknown[]>(
      `INSERT INTO ai_decisions (${columns.join()}) VALUES (${columns.map(() => '?').join()})`,
    );
    sqlite.exec('DELETE FROM ai_decisions');
    for (const row of rowid.raw().iterate() as Iterable<unknown[]>) insert.run(...row);
  });
}

/** Holds the write lock over `work`, which may wait for a backup. */
async function inTransaction<T>(
  doing: string,
  path: string,
  work: (sqlite: Database.Database) => Promise<T> | T,
): Promise<T> {
  try {
    const sqlite = new Database(path, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    try {
      sqlite.pragma('synchronous = FULL');
      sqlite.exec('BEGIN IMMEDIATE');
      const result = await work(sqlite);
      sqlite.exec('COMMIT');
      return result;
    } finally {
      if (sqlite.inTransaction) sqlite.exec('ROLLBACK');
      sqlite.close();
    }
  } catch (error) {
    throw translateError(error, doing, path);
  }
}
