import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';

/** Makes sure that a folder is there and can be written: of a file system that is read only it cannot. */
export async function checkWritable(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK | constants.X_OK);
}

/** Makes sure that a folder is there and can be read. */
export async function checkReadable(folder: string): Promise<void> {
  await access(folder, constants.R_OK | constants.X_OK);
}
