import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from './errno.js';

/**
 * Makes a folder, and the missing ones above it. Node's `recursive` never returns where a folder
 * exists but the system reports it as missing when something is made in it, as /proc and
 * automounters do.
 * @param mode permissions of each folder that is made
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (await isFolder(path)) return;
    const above = dirname(path);
    if (!isErrno(error, 'ENOENT') || above === path) throw error;
    await makeFolder(above, mode);
    await mkdir(path, { mode }).catch(async (cause: unknown) => {
      if (!(await isFolder(path))) throw cause;
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}
