import { isAbsolute } from 'node:path';
import { PermanentError } from '@cullstream/contracts';

/**
 * Refuses a path of a source that could lead out of the originals.
 * @param path relative path with `/`
 * @throws {PermanentError} `file-missing`
 */
export function refusePathOutside(path: string): void {
  const isSafe =
    path !== '' &&
    !path.includes('\0') &&
    !isAbsolute(path) &&
    !/^[A-Za-z]:/.test(path) &&
    !path.split(/[/\\]/).includes('..');
  if (isSafe) return;
  throw new PermanentError(
    'file-missing',
    `"${path}" is not a path below the originals; list the project anew`,
  );
}
