import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createFileOnce } from '@cullstream/files';
import { FOLDER_MARKER } from '@cullstream/runtime';

/**
 * What a data folder is known by at a broker that serves several: it is made once, and goes where the
 * folder goes.
 */
export async function folderId(dataDir: string): Promise<string> {
  const path = join(dataDir, FOLDER_MARKER);
  await mkdir(dirname(path), { recursive: true });
  // Of two commands that begin at once, the first one's counts.
  createFileOnce(path, `${randomUUID()}\n`);
  return (await readFile(path, 'utf8')).trim();
}
