import { ConfigurationError } from '@cullstream/contracts';
import { describeSystemError, isSystemError } from '@cullstream/runtime';

/**
 * Does what writes or reads a path that a person gave.
 * @param flag where it was given, for instance `--out`
 * @throws {ConfigurationError} that names both where the path cannot be used
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
