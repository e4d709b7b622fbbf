import { closeSync, fsyncSync, openSync } from 'node:fs';
import { isErrno } from './errno.js';

/** Without this a power loss may forget a new name. Windows cannot open folders, nor needs to. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } catch (error) {
    // Network drives and file systems of programs that know no such thing for folders.
    if (!isErrno(error, 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP')) throw error;
  } finally {
    closeSync(handle);
  }
}
