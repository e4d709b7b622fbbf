import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { programFolder } from './data-lock.js';

/**
 * Makes a folder below a data folder, and the missing ones above it. Paths go through the program's own folder,
 * `.cullstream/../ai_data`, so that the system itself refuses to make anything in an empty folder that has taken
 * the place of the data folder, however short ago.
 * @param isMarked whether the data folder has its id, and so the program's folder
 */
export function makeFolderWithin(
  dataDir: string,
  path: string,
  { isMarked }: { readonly isMarked: boolean },
): void {
  const own = join(dataDir, programFolder);
  // What is above the target of a link is not the data folder.
  if (!isMarked || lstatSync(own).isSymbolicLink()) {
    mkdirSync(path, { recursive: true });
    return;
  }
  let made = `${own}${sep}..`;
  for (const step of relative(dataDir, path).split(sep)) {
    made += sep + step;
    makeOne(made);
  }
}

function makeOne(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
