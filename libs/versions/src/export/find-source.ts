import { ConfigurationError } from '@cullstream/contracts';
import { listDatabaseProjects, locateDatabase } from '@cullstream/store';
import { describeUnknownNames, requireDataFolder } from '@cullstream/runtime';

/** The databases that the export of a project reads. */
export interface ExportSource {
  readonly project: string;
  /**
   * The database with the decisions of Cullstream, or the user's database if Cullstream has not
   * processed the project.
   */
  readonly predictions: string;
  /** The user's database next to the staging database; null if there is only one database. */
  readonly decisions: string | null;
}

/**
 * The projects to export: the named ones in the given order, or all, sorted by name.
 * @throws {ConfigurationError} when a named project has no database, or there is no database at all
 */
export function chooseProjects(dataDir: string, wanted: readonly string[] = []): string[] {
  requireDataFolder(dataDir);
  const known = listDatabaseProjects(dataDir);
  const problems = describeUnknownNames(
    wanted,
    known,
    (name) => `‹project›: "${name}" has no database`,
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  if (known.length === 0) {
    throw new ConfigurationError([
      `‹data›: no project has a database in ${dataDir}; \`cullstream run\` makes them`,
    ]);
  }
  return wanted.length === 0 ? known : [...new Set(wanted)];
}

/** @throws {DatabaseError} when a database exists that cannot be read */
export function findSource(dataDir: string, project: string): ExportSource {
  const { main, staging } = locateDatabase(dataDir, project);
  if (staging.owner !== 'cullstream' || main.owner === 'cullstream') {
    return { project, predictions: main.path, decisions: null };
  }
  const decisions = main.owner === 'user' ? main.path : null;
  return { project, predictions: staging.path, decisions };
}
