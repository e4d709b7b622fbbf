import { ConfigurationError } from '@cullstream/contracts';
import { describeUnknownNames } from '@cullstream/runtime';
import { readVersions, type StoredVersion } from '@cullstream/store';
import { listOwnDatabases, type OwnDatabase } from '../list-databases.js';

/** The database of a project with all its versions. */
export interface ProjectVersions {
  readonly database: OwnDatabase;
  readonly versions: readonly StoredVersion[];
}

/**
 * The versions of the selected projects, or of all projects.
 * @throws {ConfigurationError} for a project without a database of Cullstream
 */
export async function findVersions(
  dataDir: string,
  projects: readonly string[] | undefined,
): Promise<ProjectVersions[]> {
  const databases = await listOwnDatabases(dataDir);
  const known = databases.map(({ project }) => project);
  const problems = describeUnknownNames(
    projects ?? [],
    known,
    (name) => `‹project›: no database of project "${name}"`,
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  return databases
    .filter(({ project }) => projects?.includes(project) !== false)
    .map((database) => ({ database, versions: readVersions(database.path, database.project) }));
}

/**
 * Finds a version by its id or the beginning of its id.
 * @throws {ConfigurationError} if no version matches, or several do
 */
export function resolveVersion(asked: string, projects: readonly ProjectVersions[]): string {
  const known = new Set(projects.flatMap(({ versions }) => versions.map(({ version }) => version)));
  const matches = [...known].filter(
    (version) => version === asked || (asked !== '' && version.startsWith(asked)),
  );
  const [match] = matches;
  if (match !== undefined && matches.length === 1) return match;
  throw new ConfigurationError([
    matches.length > 1
      ? `version "${asked}" is ambiguous: ${matches.join(', ')}`
      : `there is no version "${asked}"; \`cullstream versions\` lists them`,
  ]);
}
