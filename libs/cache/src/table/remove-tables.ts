import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toErrno } from '@cullstream/files';
import { toCachePaths } from '../cache-paths.js';
import { toStorageFault } from '../storage-fault.js';

/**
 * Removes the tables of a data folder's cache index. They are made again from its lines, so that what
 * damaged lines said is no longer known.
 * @throws {TransientError} saying what to do about the disk
 */
export function removeIndexTables(dataDir: string): void {
  const folder = dirname(toCachePaths(dataDir).indexFile);
  try {
    for (const name of readdirSync(folder)) {
      if (/^index-.*\.table$/.test(name)) rmSync(join(folder, name), { force: true });
    }
  } catch (cause) {
    if (toErrno(cause) !== 'ENOENT') {
      throw toStorageFault('cannot remove the tables of the cache index in', folder, cause);
    }
  }
}
