import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { DataFolder } from '../folders/data-folder.js';

/** Makes sure that the data folder is there and can be written. */
export async function checkDataFolder(folder: DataFolder): Promise<void> {
  const problem = await folder.problem();
  if (problem !== undefined) throw new Error(`the data folder ${problem}`);
}

/** Makes sure that a folder is there and can be read. */
export async function checkReadable(folder: string): Promise<void> {
  await access(folder, constants.R_OK | constants.X_OK);
}
