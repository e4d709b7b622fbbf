import { ConfigurationError } from '@cullstream/contracts';
import { toFlag } from './add-settings.js';

/**
 * Does what finds problems with settings.
 * @throws {ConfigurationError} whose problems name flags, as they are typed
 */
export async function namingFlags<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(
      error.problems.map((problem) =>
        problem.replace(/^(\w+):/, (_all, name: string) => `${toFlag(name)}:`),
      ),
      { cause: error },
    );
  }
}
