import { writeFile } from 'node:fs/promises';
import { isReplaceable, writeFileAtomic } from '@cullstream/files';
import { namingPath } from './naming-path.js';

/**
 * Writes a text to where the user wants it. A file appears under its name when it is complete; pipes and
 * devices are written to directly.
 * @param name how a message names what the user gave, for example `--html`
 * @throws {ConfigurationError} if it cannot be written
 */
export async function writeText(name: string, path: string, text: string): Promise<void> {
  const write = (await isReplaceable(path)) ? writeFileAtomic : writeFile;
  await namingPath(name, path, () => write(path, text));
}
