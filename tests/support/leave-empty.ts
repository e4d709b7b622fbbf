import { mkdirSync, renameSync, rmdirSync } from 'node:fs';

/**
 * Puts an empty folder in the place of one until it is back, as a mount point stays where a disk was.
 * Fails to bring it back where something was written there.
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
