import { closeSync } from 'node:fs';
import { openRegularFileSync } from '@cullstream/files';
import { translateError } from '../database-error.js';
import { withPrivateCopy } from '../private-copy.js';
import { readDecisions } from '../stored-decisions.js';
import { createBackup, recordBackup } from './backup.js';
import { digestContent } from './content-digest.js';
import { hasChanges, type MergeReport } from './merge-report.js';
import { mergeRows } from './merge-rows.js';
import { commitAndRecordMerge, readFileBeforeMerge } from './note-merged-file.js';
import { BUSY_TIMEOUT_MS, openForMerge } from './open-for-merge.js';

export interface MergeOptions {
  /** The time in the name of the backup. */
  readonly now: Date;
  /** How long to wait for another program's lock. */
  readonly busyTimeoutMs?: number;
}

export interface AppliedMerge {
  readonly report: MergeReport;
  /** Path of the backup; null if there was nothing to change. */
  readonly backup: string | null;
}

/**
 * What {@link applyMerge} would do, tried on a private copy: neither file is changed.
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
  if (!hasChanges(planned)) return { report: planned, backup: null };
  try {
    // Must be closed after the connection: closing it ends the locks of this process on the file.
    const file = openRegularFileSync(targetPath);
    try {
      return await mergeInto(targetPath, file, stagedPath, { now, busyTimeoutMs });
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw translateError(error, 'merge into', targetPath);
  }
}

async function mergeInto(
  targetPath: string,
  file: number,
  stagedPath: string,
  { now, busyTimeoutMs }: Required<MergeOptions>,
): Promise<AppliedMerge> {
  const sqlite = openForMerge(targetPath, busyTimeoutMs);
  try {
    sqlite.exec('BEGIN IMMEDIATE');
    const before = readFileBeforeMerge(sqlite, file);
    const backup = await createBackup(targetPath, now);
    const report = mergeRows(sqlite, readDecisions(stagedPath));
    const note = { contentAfter: digestContent(sqlite) };
    recordBackup(backup, note);
    commitAndRecordMerge(sqlite, file, { backup, note, before });
    return { report, backup };
  } finally {
    sqlite.close();
  }
}
