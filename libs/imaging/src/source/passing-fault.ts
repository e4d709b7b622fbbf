/** Permanent faults of one path: the same call fails again until somebody repairs the cause. */
const LASTING_CODES = new Set([
  'EACCES',
  'EFTYPE',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'EPERM',
]);

/** The code of a failed system call, undefined for every other error. */
export function systemCode(error: unknown): string | undefined {
  const isSystem = error instanceof Error && 'syscall' in error && 'code' in error;
  return isSystem && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether a failed system call may succeed later: disk fault, too many open files, no memory. */
export function isPassingFault(error: unknown): boolean {
  const code = systemCode(error);
  return code !== undefined && !LASTING_CODES.has(code);
}

/** A shortage in this process or machine, which is not a fault of a disk. */
const CODES_OF_WANT = new Set(['EAGAIN', 'EBUSY', 'EINTR', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** Whether a failed system call is a fault of a path, a disk or a network folder. */
export function isFaultOfStorage(error: unknown): boolean {
  const code = systemCode(error);
  return code !== undefined && !CODES_OF_WANT.has(code);
}
