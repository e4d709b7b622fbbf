import { mkdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nameFileOnce, syncFolder } from '@cullstream/files';
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
  const isNamed = nameFileOnce(unfinished, path);
  removeDatabaseFiles(unfinished);
  if (!isNamed) throw new Error(`${path} has appeared meanwhile; it was left as it is`);
  syncFolder(folder);
}

function removeDatabaseFiles(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal'])
    rmSync(`${path}${suffix}`, { force: true });
}
