import { existsSync } from 'node:fs';
import { ConfigurationError } from '@cullstream/contracts';

/**
 * For commands that look at earlier work: a misspelled folder would look like one without any.
 * @throws {ConfigurationError} if the folder does not exist
 */
export function requireDataFolder(dataDir: string): void {
  if (!existsSync(dataDir)) {
    throw new ConfigurationError([`‹data›: there is no folder ${dataDir}`]);
  }
}
