import { mkdirSync } from 'node:fs';

/** A folder that another one may take the place of while it is used, as a mount point whose disk is unplugged. */
export interface GuardedFolder {
  /** @throws if another folder is in its place */
  confirm(): void;
  /**
   * Makes a folder below it, and the missing ones above that; nothing if it is there.
   * @param path as absolute or relative as the path of the guarded folder
   * @throws if another folder is in the place of the guarded one, in which nothing is made
   */
  makeFolder(path: string): void;
}

/** For folders that nothing else takes the place of. */
export const unguardedFolder: GuardedFolder = {
  confirm: () => undefined,
  makeFolder: (path) => void mkdirSync(path, { recursive: true }),
};
