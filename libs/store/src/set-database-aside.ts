import { existsSync, renameSync } from 'node:fs';
import { withTranslatedErrors } from './database-error.js';

/** The log files come first: otherwise a new database of this name would use them as its own. */
const PARTS = ['-wal', '-shm', '-journal', ''] as const;

/**
 * Renames a damaged database of ours to `<name>.damaged-<time>`, with all files that belong to it, so that
 * a new one can take its place. No process may have it open.
 * @returns the new path
 * @throws {DatabaseError} if the folder cannot be written
 */
export function setDatabaseAside(path: string, now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  let aside = `${path}.damaged-${stamp}`;
  for (let number = 2; existsSync(aside); number++) aside = `${path}.damaged-${stamp}-${number}`;
  withTranslatedErrors('set aside', path, () => {
    for (const part of PARTS) {
      if (existsSync(`${path}${part}`)) renameSync(`${path}${part}`, `${aside}${part}`);
    }
  });
  return aside;
}
