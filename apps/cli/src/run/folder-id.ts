import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { programFolder } from './data-lock.js';

/**
 * What a data folder is known by at a broker that serves several: it is made once, and goes where the
 * folder goes.
 */
export async function folderId(dataDir: string): Promise<string> {
  const path = join(dataDir, programFolder, 'folder-id');
  await mkdir(join(dataDir, programFolder), { recursive: true });
  // Of two commands that begin at once, the first one's counts.
  await writeFile(path, `${randomUUID()}\n`, { flag: 'wx' }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  return (await readFile(path, 'utf8')).trim();
}
