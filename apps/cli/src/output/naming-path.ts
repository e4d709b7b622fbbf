import { ConfigurationError } from '@cullstream/contracts';
import { describeSystemError, isSystemError } from '@cullstream/runtime';

/**
 * Runs an action that reads or writes a path that the user gave.
 * @param flag flag that the path was given by, for example `--out`
 * @throws {ConfigurationError} that names the flag and the path if the path cannot be used
 */
export async function namingPath<T>(
  flag: string,
  path: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new ConfigurationError([`${flag}: ${describeSystemError(cause, cause.path ?? path)}`], {
      cause,
    });
  }
}
