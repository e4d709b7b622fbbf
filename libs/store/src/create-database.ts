import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import {
  nameFileOnce,
  syncFolder,
  temporaryPathFor,
  unguardedFolder,
  type GuardedFolder,
} from '@cullstream/files';
import { migrate } from './migrations/migrate.js';
import { Sqlite } from './sqlite.js';

/**
 * Creates a database of ours at `path`. It is made in memory, written under another name in the same
 * folder, synced and then renamed, so that it is never incomplete under its own name. That takes two
 * syncs; creating it in place with its first rows takes seven (docs/adr/0025).
 * @param fill adds rows before it is written.
 * @param dataFolder confirmed before anything is written and right before renaming.
 * @returns whether it was created. A file of that name that appears meanwhile is left as it is.
 */
export async function createDatabase(
  path: string,
  fill: (sqlite: BetterSqlite3.Database) => void = () => undefined,
  dataFolder: GuardedFolder = unguardedFolder,
): Promise<boolean> {
  const bytes = filledWith(fill, await emptyDatabase());
  const folder = dirname(path);
  dataFolder.makeFolder(folder);
  const unfinished = temporaryPathFor(path);
  try {
    await writeSynced(unfinished, bytes);
    dataFolder.confirm();
    if (!nameFileOnce(unfinished, path)) return false;
  } finally {
    rmSync(unfinished, { force: true });
  }
  syncFolder(folder);
  return true;
}

let empty: Promise<Buffer> | undefined;

/** The bytes of an empty database, since copying them is much faster than running the migrations. */
function emptyDatabase(): Promise<Buffer> {
  empty ??= (async () => {
    const sqlite = new Sqlite(':memory:');
    try {
      await migrate(sqlite);
      return sqlite.serialize();
    } finally {
      sqlite.close();
    }
  })();
  return empty;
}

function filledWith(fill: (sqlite: BetterSqlite3.Database) => void, bytes: Buffer): Buffer {
  const sqlite = new Sqlite(bytes);
  try {
    fill(sqlite);
    return sqlite.serialize();
  } finally {
    sqlite.close();
  }
}

async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
