import { existsSync } from 'node:fs';
import { ConfigurationError } from '@cullstream/contracts';

/**
 * For what looks at work that was done: in a folder that was misspelled there would seem to be none.
 * @throws {ConfigurationError} when it is not there
 */
export function requireDataFolder(dataDir: string): void {
  if (!existsSync(dataDir)) {
    throw new ConfigurationError([`‹data›: there is no folder ${dataDir}`]);
  }
}
