import type BetterSqlite3 from 'better-sqlite3';
import { ConfigurationError } from '@cullstream/contracts';
import { DatabaseError, translateError } from '../database-error.js';
import { withPrivateCopyFor } from '../private-copy.js';
import { readColumns, hasRowid } from '../table-columns.js';
import { findBackup, removeBackup, type BackupNote } from './backup.js';
import { digestContent } from './content-digest.js';
import { BUSY_TIMEOUT_MS, openForMerge } from './open-for-merge.js';
import { restoreBytes } from './restore-bytes.js';

export interface UndoneMerge {
  /** The backup that was restored and then deleted. */
  readonly backup: string;
  /** Why only the rows were restored and not the bytes of the file; null if the bytes were. */
  readonly onlyRowsBecause: string | null;
}

/**
 * Undoes the last merge and deletes its backup. Restores the bytes of the file if no program has written
 * to it since or has it open, else the rows.
 * @throws {ConfigurationError} if there is no backup, or if the database was changed since the merge and
 * restoring would lose that. Nothing is changed then.
 * @throws {TransientError} when another program holds the lock or the disk is full.
 */
export async function undoMerge(targetPath: string): Promise<UndoneMerge> {
  const found = findBackup(targetPath);
  if (found === undefined) {
    throw new ConfigurationError([`there is no backup of a merge beside ${targetPath}`]);
  }
  const onlyRowsBecause = await withPrivateCopyFor(found.backup, async (copy) => {
    try {
      const refusal = await restoreBytes(targetPath, copy, found.note.file);
      if (refusal !== undefined) restoreRows(targetPath, copy, found);
      return refusal ?? null;
    } catch (error) {
      throw translateError(error, 'restore', targetPath);
    }
  });
  removeBackup(found.backup);
  return { backup: found.backup, onlyRowsBecause };
}

function restoreRows(
  targetPath: string,
  copy: BetterSqlite3.Database,
  found: { readonly backup: string; readonly note: BackupNote },
): void {
  const sqlite = openForMerge(targetPath, BUSY_TIMEOUT_MS);
  try {
    sqlite.prepare('ATTACH ? AS backup').run(copy.name);
    sqlite.transaction(() => restore(sqlite, digestContent(copy), found)).immediate();
  } finally {
    sqlite.close();
  }
}

/** A merge changes only one table, so only that one is restored. */
function restore(
  sqlite: BetterSqlite3.Database,
  before: string,
  { backup, note }: { readonly backup: string; readonly note: BackupNote },
): void {
  const current = digestContent(sqlite);
  if (current === before) return;
  if (current !== note.contentAfter) {
    throw new ConfigurationError([
      `${sqlite.name} has changed since the merge, and undoing would lose that; ` +
        `the database as it was before is ${backup}`,
    ]);
  }
  const columns = [...readColumns(sqlite, 'ai_decisions')].map((column) => `"${column}"`);
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
