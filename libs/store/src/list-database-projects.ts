import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_FOLDER } from './database-location.js';
import { projectOfDatabase } from './database-names.js';
import { withTranslatedErrors } from './database-error.js';

/**
 * Every project that a database of the data folder belongs to by its name, sorted: the user's, ours
 * and staged ones. Opens and creates nothing.
 * @throws {DatabaseError} when the folder cannot be read
 */
export function listDatabaseProjects(dataDir: string): string[] {
  const folder = join(dataDir, ...DATABASE_FOLDER);
  const files = withTranslatedErrors('read', folder, () =>
    existsSync(folder) ? readdirSync(folder) : [],
  );
  const projects = files.map(projectOfDatabase).filter((project) => project !== undefined);
  return [...new Set(projects)].sort();
}
