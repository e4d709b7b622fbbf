import { mkdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { nameFileOnce, syncFolder, temporaryPathFor } from '@cullstream/files';
import { migrate } from './migrations/migrate.js';
import { Sqlite } from './sqlite.js';

/**
 * Creates a database of ours at `path`: made in memory, written under another name in the same folder,
 * synced, then given its name, so that a half-made one never stands there. That takes two syncs,
 * where the file's own journal takes seven to hold the first rows (docs/adr/0025).
 * @param fill puts rows into it before it is written.
 * @param confirmFolder throws where another folder stands in the place of its own: right before it gets its name.
 * @returns whether it was created: where a file of that name appears meanwhile, that one is left as it is.
 */
export async function createDatabase(
  path: string,
  fill: (sqlite: BetterSqlite3.Database) => void = () => undefined,
  confirmFolder: () => void = () => undefined,
): Promise<boolean> {
  const bytes = filledWith(fill, await emptyDatabase());
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const unfinished = temporaryPathFor(path);
  try {
    await writeSynced(unfinished, bytes);
    confirmFolder();
    if (!nameFileOnce(unfinished, path)) return false;
  } finally {
    rmSync(unfinished, { force: true });
  }
  syncFolder(folder);
  return true;
}

let empty: Promise<Buffer> | undefined;

/** The bytes of a database that holds nothing yet: to migrate takes far longer than to copy them. */
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
