import { existsSync, renameSync } from 'node:fs';
import { withTranslatedErrors } from './database-error.js';

/** The log parts first: beside a new database of this name they would be taken for its own. */
const PARTS = ['-wal', '-shm', '-journal', ''] as const;

/**
 * Renames a damaged database of ours to `<name>.damaged-<time>`, with all that belongs to it, so that
 * it is kept and another can take its place. Nobody may have it open.
 * @returns the new path
 * @throws {DatabaseError} where the folder cannot be written
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
