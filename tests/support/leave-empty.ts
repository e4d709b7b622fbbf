import { mkdirSync, readdirSync, renameSync, rmdirSync } from 'node:fs';

/**
 * Replaces a folder by an empty one until it is restored, like a mount point without its disk.
 * Restoring fails if something was written into the empty folder, and names it.
 */
export function leaveEmpty(path: string): { isBack(): void } {
  renameSync(path, `${path}-away`);
  mkdirSync(path);
  return {
    isBack() {
      const written = readdirSync(path, { recursive: true });
      if (written.length > 0) throw new Error(`written into ${path}: ${written.join(', ')}`);
      rmdirSync(path);
      renameSync(`${path}-away`, path);
    },
  };
}
