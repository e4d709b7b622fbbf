import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The sizes of all files in a folder and the folders below it, in bytes. */
export function readFolderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
