import { counted, TransientError } from '@cullstream/contracts';
import {
  DatabaseError,
  locateDatabase,
  readVersions,
  type DatabaseFacts,
  type StoredVersion,
} from '@cullstream/store';
import { examples } from './examples.js';

/** Decisions of a database that are kept although another version has decided since. */
export function staleNotes(project: string, path: string, { recipe }: DatabaseFacts): string[] {
  if (recipe === null) return [];
  return findStale(path, project, recipe.id).map(
    ({ version, currentRows }) =>
      `${counted(currentRows, 'decision')} of version ${version}, not of the newest run's ${recipe.id}; ` +
      `earlier outputs stay until \`cullstream promote ${recipe.id}\` replaces them`,
  );
}

/**
 * Says of a version that has just decided where the decisions of others stay the current ones; undefined
 * where they do nowhere. Of a database that cannot be read nothing is said.
 */
export function describeStaleDecisions(
  dataDir: string,
  { version, projects }: { readonly version: string; readonly projects: readonly string[] },
): string | undefined {
  let decisions = 0;
  const stale = projects.filter((project) => {
    const rows = tryFindStale(dataDir, project, version).map(({ currentRows }) => currentRows);
    decisions += rows.reduce((sum, count) => sum + count, 0);
    return rows.length > 0;
  });
  if (stale.length === 0) return undefined;
  return (
    `ai_decisions, exports and the gallery still have ${counted(decisions, 'decision')} of other versions ` +
    `(${examples(stale)}): \`cullstream promote ${version}\` replaces them by those of ${version}`
  );
}

function findStale(path: string, project: string, newest: string): StoredVersion[] {
  return readVersions(path, project).filter(
    ({ version, currentRows }) => version !== newest && currentRows > 0,
  );
}

function tryFindStale(dataDir: string, project: string, newest: string): StoredVersion[] {
  try {
    const { target, targetExists } = locateDatabase(dataDir, project);
    return targetExists ? findStale(target, project, newest) : [];
  } catch (error) {
    if (error instanceof DatabaseError || error instanceof TransientError) return [];
    throw error;
  }
}
