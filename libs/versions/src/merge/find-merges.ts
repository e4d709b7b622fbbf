import { ConfigurationError } from '@cullstream/contracts';
import { hasMergeBackup, listDatabaseProjects, locateDatabase } from '@cullstream/store';
import { describeUnknownNames, requireDataFolder } from '@cullstream/runtime';

/** A project with a staging database next to a database of the user. */
export interface MergeCandidate {
  readonly project: string;
  /** The user's database. */
  readonly target: string;
  /** The staging database; null if there is only an earlier merge that can be undone. */
  readonly staged: string | null;
}

/**
 * Finds the projects that can be merged, sorted by name. Opens and creates nothing.
 * @param purpose whether to look for staging databases or for backups of earlier merges
 * @param asked the setting that names what is wanted
 * @throws {ConfigurationError} when the data folder is missing, or a named project has nothing to
 * merge or undo
 */
export function findMerges(
  dataDir: string,
  wanted: readonly string[] | undefined,
  purpose: 'merge' | 'undo',
  asked: 'project' | 'only' = 'project',
): MergeCandidate[] {
  requireDataFolder(dataDir);
  const found = listDatabaseProjects(dataDir).flatMap((project): MergeCandidate[] => {
    const { main, staging } = locateDatabase(dataDir, project);
    if (main.owner !== 'user') return [];
    const staged = staging.owner === 'cullstream' ? staging.path : null;
    const isConcerned = purpose === 'undo' ? hasMergeBackup(main.path) : staged !== null;
    return isConcerned ? [{ project, target: main.path, staged }] : [];
  });
  refuseUnknown(wanted, found, purpose, asked);
  return found.filter(({ project }) => wanted?.includes(project) !== false);
}

function refuseUnknown(
  wanted: readonly string[] = [],
  found: readonly MergeCandidate[],
  purpose: 'merge' | 'undo',
  asked: 'project' | 'only',
): void {
  const names = found.map(({ project }) => project);
  const what = purpose === 'undo' ? 'a merge to undo' : 'staged predictions beside a database';
  const problems = describeUnknownNames(
    wanted,
    names,
    (name) => `‹${asked}›: "${name}" has no ${what.replace(/^a /, '')}`,
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
}
