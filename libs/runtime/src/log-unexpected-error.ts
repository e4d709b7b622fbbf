import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { makeFolder } from '@cullstream/files';
import { programFolder } from './folders/data-lock.js';

/**
 * Appends an unexpected error, with its stack, to a log file: in the data folder, or in the folder for
 * temporary files if there is no data folder yet.
 * @param doing what was being done
 * @returns the file; undefined if none can be written
 */
export async function logUnexpectedError(
  error: unknown,
  { dataDir, doing }: { readonly dataDir: string | undefined; readonly doing: string },
): Promise<string | undefined> {
  const now = new Date().toISOString();
  const text = [
    `${now} ${doing}`,
    `Node ${process.versions.node} on ${process.platform} ${process.arch}`,
    inspect(error, { depth: 6 }),
    '',
  ].join('\n');
  const ours = dataDir === undefined ? undefined : join(dataDir, programFolder);
  const folders = [
    // Only an existing data folder is used: none is made for an error.
    ...(ours !== undefined && existsSync(ours) ? [join(ours, 'logs')] : []),
    tmpdir(),
  ];
  for (const folder of folders) {
    const path = join(folder, `cullstream-errors-${now.slice(0, 10)}.log`);
    try {
      await makeFolder(folder);
      await appendFile(path, `${text}\n`, { mode: 0o600 });
      return path;
    } catch {
      // Try the next folder.
    }
  }
  return undefined;
}
