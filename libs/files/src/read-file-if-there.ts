import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isErrno } from './errno.js';

/**
 * The text of a file, as UTF-8; undefined where there is none.
 * @throws {Error} of the system, where it is there and cannot be read
 */
export async function readFileIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** As {@link readFileIfThere}, at once. */
export function readFileIfThereSync(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
