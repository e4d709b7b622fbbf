import { mkdirSync, renameSync, rmdirSync } from 'node:fs';

/**
 * Replaces a folder by an empty one until it is restored, like a mount point without its disk.
 * Restoring fails if something was written into the empty folder.
 */
export function leaveEmpty(path: string): { isBack(): void } {
  renameSync(path, `${path}-away`);
  mkdirSync(path);
  return {
    isBack() {
      rmdirSync(path);
      renameSync(`${path}-away`, path);
    },
  };
}
