import type BetterSqlite3 from 'better-sqlite3';
import type { RunId } from '@cullstream/contracts';
import { locateDatabase, type DatabaseLocation } from './database-location.js';
import { readDecidedProjects } from './decided-projects.js';
import { withPrivateCopy } from './private-copy.js';
import { selectFailures, type FailureRow } from './result-queries.js';
import { FAILURES_SHOWN, toRunProgress, type RunProgress } from './run-progress.js';
import type { RunRow } from './schema.js';
import { readColumns } from './table-columns.js';

/** The state of a project, read without opening anything for writing. */
export interface ProjectState {
  /** Where predictions are stored, and whose files exist. */
  readonly location: DatabaseLocation;
  /** All runs in that database, including unfinished ones, oldest first. */
  readonly runs: readonly RunProgress[];
  /** Projects that its decisions name: only this one, unless the file was copied or renamed. */
  readonly decidedProjects: readonly string[];
}

/**
 * Reads the state of a project. Leaves no trace and creates nothing.
 * @throws {DatabaseError} when a database is damaged or not readable.
 */
export function readProjectState(dataDir: string, project: string): ProjectState {
  const location = locateDatabase(dataDir, project);
  const owner = location.staged ? location.staging.owner : location.main.owner;
  if (owner !== 'cullstream') return { location, runs: [], decidedProjects: [] };
  return withPrivateCopy(location.target, (sqlite) => {
    const runs = runsIn(sqlite, project);
    return {
      location,
      runs,
      decidedProjects: runs.length === 0 ? [] : readDecidedProjects(sqlite),
    };
  });
}

/** Every run in a database of ours, oldest first. Leaves no trace. */
export function readRuns(path: string, project: string): RunProgress[] {
  return withPrivateCopy(path, (sqlite) => runsIn(sqlite, project));
}

function runsIn(sqlite: BetterSqlite3.Database, project: string): RunProgress[] {
  if (readColumns(sqlite, 'runs').size === 0) return [];
  const rows = sqlite.prepare<[], RunRow>('SELECT * FROM runs ORDER BY run').all();
  // Most runs have no failures, and there may be thousands of databases: do not query them.
  if (rows.every((row) => row.failed_count === 0)) {
    return rows.map((row) => toRunProgress(project, row, []));
  }
  const failures = sqlite.prepare<[{ run: RunId; limit: number }], FailureRow>(selectFailures);
  return rows.map((row) =>
    toRunProgress(project, row, failures.all({ run: row.run, limit: FAILURES_SHOWN })),
  );
}

/**
 * The newest run that completed the same catalogue with the same recipe. None if a later run saw another
 * catalogue, or came to no end: what is shown of the project is of that one, so it is processed again.
 */
export function findCompletedRun(
  runs: readonly RunProgress[],
  { catalogue, recipeId }: { readonly catalogue: string; readonly recipeId: string },
): RunProgress | undefined {
  const last = runs.findLast(
    (run) =>
      run.project.catalogue !== catalogue ||
      // If every image failed, no model was used and the run has no recipe.
      run.recipeId === null ||
      run.recipeId === recipeId,
  );
  return last?.project.catalogue === catalogue && last.completedAt !== null ? last : undefined;
}
