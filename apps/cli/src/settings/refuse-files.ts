import { stat } from 'node:fs/promises';
import { ConfigurationError } from '@cullstream/contracts';
import { toFlag } from './add-settings.js';

const folders = ['originals', 'data', 'cache'] as const;

/**
 * Refuses a file where a setting means a folder: below it nothing would be found, as if it were empty.
 * @throws {ConfigurationError} with every such setting
 */
export async function refuseFiles(settings: object): Promise<void> {
  const problems = await Promise.all(
    folders.map(async (name) => {
      const path: unknown = Reflect.get(settings, name);
      if (typeof path !== 'string') return [];
      const facts = await stat(path).catch(() => undefined);
      return facts === undefined || facts.isDirectory()
        ? []
        : [`${toFlag(name)}: ${path} is a file; name a folder`];
    }),
  );
  if (problems.flat().length > 0) throw new ConfigurationError(problems.flat());
}
