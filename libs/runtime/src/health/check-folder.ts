import type { DataFolder } from '../folders/data-folder.js';

/** Makes sure that the data folder is there and can be written. */
export async function checkDataFolder(folder: DataFolder): Promise<void> {
  const problem = await folder.problem();
  if (problem !== undefined) throw new Error(`the data folder ${problem}`);
}
