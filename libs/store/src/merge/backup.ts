import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { toCompactTime } from '@cullstream/contracts';
import { writeFileAtomicSync } from '@cullstream/files';
import { DatabaseError } from '../database-error.js';
import { digestContent } from './content-digest.js';
import type { FileImage } from './file-image.js';
import { Sqlite } from '../sqlite.js';

/** Stored beside a backup, so that an undo can find out whether the database was changed since. */
export interface BackupNote {
  /** Content of the database right after the merge, see `digestContent`. */
  readonly contentAfter: string;
  /** Undefined if the file was not the whole database, or another program wrote to it right after. */
  readonly file?: MergedFile;
}

/** A database's file before and after a merge. */
export interface MergedFile {
  readonly before: FileImage;
  /** SHA-256, hexadecimal. */
  readonly after: string;
}

const INFIX = '.before-merge-';
const NOTE = '.json';

/**
 * Makes a backup beside a database through SQLite's backup API and checks that it is sound and has the
 * same content.
 * @returns the backup's path: `<database>.before-merge-<time>`.
 * @throws {DatabaseError} when the copy is not what it should be; it is removed again.
 */
export async function createBackup(path: string, now: Date): Promise<string> {
  const backup = freePath(`${path}${INFIX}${toCompactTime(now)}`);
  const unfinished = `${backup}.unfinished`;
  rmSync(unfinished, { force: true });
  const source = new Sqlite(path, { readonly: true });
  try {
    const expected = digestContent(source);
    await source.backup(unfinished);
    verify(unfinished, expected);
    renameSync(unfinished, backup);
    return backup;
  } finally {
    source.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${unfinished}${suffix}`, { force: true });
  }
}

function verify(copy: string, expected: string): void {
  const sqlite = new Sqlite(copy, { readonly: true });
  try {
    const integrity = sqlite.pragma('integrity_check', { simple: true });
    if (integrity === 'ok' && digestContent(sqlite) === expected) return;
    throw new DatabaseError(
      'damaged',
      copy,
      `the backup ${copy} is not sound (${String(integrity)}); nothing was merged, ` +
        'check the disk and the database with `cullstream validate`',
    );
  } finally {
    sqlite.close();
  }
}

export function recordBackup(backup: string, note: BackupNote): void {
  writeFileAtomicSync(`${backup}${NOTE}`, `${JSON.stringify(note)}\n`, { durable: true });
}

/** The latest backup of a database that has its note; undefined when there is none. */
export function findBackup(path: string): { backup: string; note: BackupNote } | undefined {
  const prefix = `${basename(path)}${INFIX}`;
  const noted = readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && name.endsWith(NOTE))
    .map((name) => join(dirname(path), name.slice(0, -NOTE.length)))
    .filter((backup) => existsSync(backup))
    .sort();
  const backup = noted.at(-1);
  if (backup === undefined) return undefined;
  return { backup, note: JSON.parse(readFileSync(`${backup}${NOTE}`, 'utf8')) as BackupNote };
}

/** Whether there is a merge of this database that can be undone. */
export function hasMergeBackup(path: string): boolean {
  return findBackup(path) !== undefined;
}

export function removeBackup(backup: string): void {
  rmSync(`${backup}${NOTE}`, { force: true });
  rmSync(backup, { force: true });
}

function freePath(wanted: string): string {
  let path = wanted;
  for (let number = 2; existsSync(path); number++) path = `${wanted}_${number}`;
  return path;
}
