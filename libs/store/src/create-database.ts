import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { migrate } from './migrations/migrate.js';
import { Sqlite } from './sqlite.js';

/**
 * Creates an empty database of ours at `path`, which must not exist: made under another name in the
 * same folder, complete, synced, then given its name, so that a half-made one never stands there.
 */
export async function createDatabase(path: string): Promise<void> {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const unfinished = join(folder, `.${basename(path)}.creating`);
  removeDatabaseFiles(unfinished);
  // In the default rollback-journal mode: a write-ahead log that a full disk keeps from reaching the
  // file would go unnoticed on closing. The first connection turns it on.
  const sqlite = new Sqlite(unfinished);
  try {
    sqlite.pragma('synchronous = FULL');
    await migrate(sqlite);
  } finally {
    sqlite.close();
  }
  giveName(unfinished, path);
  syncFolder(folder);
}

/** Linking fails where a file has appeared meanwhile; renaming would replace it. */
function giveName(unfinished: string, path: string): void {
  try {
    linkSync(unfinished, path);
  } catch (error) {
    if (existsSync(path)) throw error;
    // Some file systems have no hard links.
    renameSync(unfinished, path);
  }
  removeDatabaseFiles(unfinished);
}

function removeDatabaseFiles(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal'])
    rmSync(`${path}${suffix}`, { force: true });
}

/** Without this a power loss may forget the new name. Windows cannot open folders, nor needs to. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
