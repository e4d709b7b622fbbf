import { isAbsolute, join } from 'node:path';
import { PermanentError } from '@cullstream/contracts';

/**
 * The path of a source below the originals folder.
 * @param path relative path with `/`
 * @throws {PermanentError} `file-missing` for a path that could lead out of the folder
 */
export function resolveBelow(originalsDir: string, path: string): string {
  const isSafe =
    path !== '' &&
    !path.includes('\0') &&
    !isAbsolute(path) &&
    !/^[A-Za-z]:/.test(path) &&
    !path.split(/[/\\]/).includes('..');
  if (!isSafe) {
    throw new PermanentError(
      'file-missing',
      `"${path}" is not a path below the originals folder; list the project anew`,
    );
  }
  return join(originalsDir, path);
}
