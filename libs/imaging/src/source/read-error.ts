import { PermanentError, TransientError } from '@cullstream/contracts';
import { isThere, type Originals } from '../originals/originals.js';
import { isPassingFault, systemCode } from './passing-fault.js';

/** Converts an error while reading an original to the failure of its image. Our own errors stay as they are. */
export async function toReadError(
  cause: unknown,
  path: string,
  originals: Originals,
): Promise<unknown> {
  const code = systemCode(cause);
  if (code === undefined) return cause;
  const text = originals.toText(path);
  if (isPassingFault(cause)) {
    return new TransientError(`${text}: cannot be read now (${code}); it will be tried again`, {
      cause,
    });
  }
  if (code !== 'ENOENT' && code !== 'ENOTDIR') {
    return new PermanentError(
      'unreadable-entry',
      `${text}: cannot be read (${code}); check its permissions`,
      { cause },
    );
  }
  if (await isThere(originals)) {
    return new PermanentError('file-missing', `${text}: is gone; put it back`, { cause });
  }
  // If the disk is unplugged, its images must not fail.
  return new TransientError(`${originals.place}: is not there; ${originals.remedy}`, { cause });
}
