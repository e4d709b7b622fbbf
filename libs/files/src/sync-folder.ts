import { closeSync, fsyncSync, openSync } from 'node:fs';
import { isErrno } from './errno.js';

/**
 * Without this a power loss may lose a new file name. Windows cannot open folders and does not need
 * it.
 */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } catch (error) {
    // Network drives and user-space file systems may not support this for folders.
    if (!isErrno(error, 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP')) throw error;
  } finally {
    closeSync(handle);
  }
}
