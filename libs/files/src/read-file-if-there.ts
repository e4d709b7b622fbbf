import { closeSync, readFileSync } from 'node:fs';
import { isErrno } from './errno.js';
import { openRegularFileSync, readRegularFile } from './open-regular-file.js';

/**
 * The text of a file, as UTF-8; undefined where the file does not exist.
 * @throws {Error} of the operating system, where it exists and cannot be read or is no file
 */
export async function readFileIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readRegularFile(path)).toString('utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The synchronous form of {@link readFileIfThere}. */
export function readFileIfThereSync(path: string): string | undefined {
  try {
    const file = openRegularFileSync(path);
    try {
      return readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
