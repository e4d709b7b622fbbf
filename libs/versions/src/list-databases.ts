import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logFile } from '@cullstream/report';
import {
  DATABASE_FOLDER,
  isCullstreamDatabase,
  projectOfDatabase,
  readApplicationId,
} from '@cullstream/store';

export interface OwnDatabase {
  readonly project: string;
  readonly path: string;
  /** Path relative to the data folder, with `/`. */
  readonly name: string;
}

/** Lists every database in a data folder that Cullstream created, by project. */
export async function listOwnDatabases(dataDir: string): Promise<OwnDatabase[]> {
  return (await listDatabases(dataDir)).filter(({ path }) => {
    try {
      return isCullstreamDatabase(path);
    } catch {
      return false;
    }
  });
}

/**
 * Lists files that Cullstream wrote according to its log, but that are no SQLite databases now or
 * cannot be read.
 */
export async function listLostDatabases(dataDir: string): Promise<OwnDatabase[]> {
  const logged = await loggedDatabases(dataDir);
  return (await listDatabases(dataDir)).filter(({ path, name }) => {
    if (!logged.has(name)) return false;
    try {
      return readApplicationId(path) === null;
    } catch {
      return true;
    }
  });
}

async function listDatabases(dataDir: string): Promise<OwnDatabase[]> {
  const folder = join(dataDir, ...DATABASE_FOLDER);
  const files = await readdir(folder).catch(() => []);
  return files.sort().flatMap((file) => {
    const project = projectOfDatabase(file);
    const name = [...DATABASE_FOLDER, file].join('/');
    return project === undefined ? [] : [{ project, path: join(folder, file), name }];
  });
}

async function loggedDatabases(dataDir: string): Promise<ReadonlySet<string>> {
  const text = await readFile(join(dataDir, logFile), 'utf8').catch(() => '');
  const logged = new Set<string>();
  for (const line of text.split('\n')) {
    const database = /"database":\s*"([^"]+)"/.exec(line)?.[1];
    if (database !== undefined) logged.add(database);
  }
  return logged;
}
