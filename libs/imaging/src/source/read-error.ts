import { access } from 'node:fs/promises';
import { PermanentError, TransientError } from '@cullstream/contracts';
import { isPassingFault, systemCode } from './passing-fault.js';

/** Converts an error while reading an original to the failure of its image. Our own errors stay as they are. */
export async function toReadError(
  cause: unknown,
  path: string,
  originalsDir: string,
): Promise<unknown> {
  const code = systemCode(cause);
  if (code === undefined) return cause;
  if (isPassingFault(cause)) {
    return new TransientError(`${path}: cannot be read now (${code}); it will be tried again`, {
      cause,
    });
  }
  if (code !== 'ENOENT' && code !== 'ENOTDIR') {
    return new PermanentError(
      'unreadable-entry',
      `${path}: cannot be read (${code}); check its permissions`,
      { cause },
    );
  }
  if (await exists(originalsDir)) {
    return new PermanentError('file-missing', `${path}: is gone; put it back`, { cause });
  }
  // If the disk is unplugged, its images must not fail.
  return new TransientError(`${originalsDir}: is not there; connect the disk with the originals`, {
    cause,
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
