import { ConfigurationError } from '@cullstream/contracts';
import { listDatabaseProjects, locateDatabase } from '@cullstream/store';
import { describeUnknownNames, requireDataFolder } from '@cullstream/runtime';

/** The databases that an export of a project reads. */
export interface ExportSource {
  readonly project: string;
  /** Where cullstream's decisions are; the user's database where cullstream has not worked yet. */
  readonly predictions: string;
  /** The user's database beside it; null where there is one database only. */
  readonly decisions: string | null;
}

/**
 * The projects that an export is of: those named, in that order, or all, by name.
 * @throws {ConfigurationError} when a named one has no database, or there is none at all
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

/** @throws {DatabaseError} when a file is there that cannot be read */
export function findSource(dataDir: string, project: string): ExportSource {
  const { main, staging } = locateDatabase(dataDir, project);
  if (staging.owner !== 'cullstream' || main.owner === 'cullstream') {
    return { project, predictions: main.path, decisions: null };
  }
  const decisions = main.owner === 'user' ? main.path : null;
  return { project, predictions: staging.path, decisions };
}
