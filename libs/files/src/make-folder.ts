import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from './errno.js';

/**
 * Makes a folder, and those above it that are missing. Node's `recursive` never ends where a folder is
 * there and the system says that it is not as soon as something is to be made in it: so does /proc, and
 * so do automounters.
 * @param mode of each folder that is made
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
