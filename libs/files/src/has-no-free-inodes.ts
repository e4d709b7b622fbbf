import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Whether a file system can hold no more files, even if it has free space: writing then fails with
 * the code of a full disk. False where this is not known, or where files are not counted.
 * @param path a path on the file system; it need not exist
 */
export function hasNoFreeInodes(path: string): boolean {
  const parent = dirname(path);
  try {
    const { files, ffree } = statfsSync(path);
    return files > 0 && ffree === 0;
  } catch {
    return parent !== path && hasNoFreeInodes(parent);
  }
}
