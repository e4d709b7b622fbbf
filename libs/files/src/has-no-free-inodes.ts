import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Whether a file system can hold no more files, however many bytes it has left: it then refuses with the
 * code of a full disk. False where it cannot be asked, or counts no files.
 * @param path on it; it need not exist
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
