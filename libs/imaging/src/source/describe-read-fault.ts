import { StorageError } from '@cullstream/object-storage';
import { systemCode } from './passing-fault.js';

const PERMISSIONS = 'may not be read; check its permissions';
const NO_FILE = 'is a pipe, a device or a socket, or a link to one; put the file itself there';
const WORDS: Readonly<Record<string, string>> = {
  EACCES: PERMISSIONS,
  EPERM: PERMISSIONS,
  EFTYPE: NO_FILE,
  ELOOP: 'is a link that leads back to itself; remove it, or let it lead to an archive or folder',
  ENAMETOOLONG: 'has a longer path than the system takes; move it up, or shorten names',
  ENOENT: 'is not there; check the name and, if it is a link, where it leads',
  ENOTDIR: 'is not there; check the name and, if it is a link, where it leads',
};

/** Describes a permanent fault of one path and what to do; undefined for every other error. */
export function describeReadFault(error: unknown): string | undefined {
  if (error instanceof StorageError) return error.problem;
  return WORDS[systemCode(error) ?? ''];
}
