import type BetterSqlite3 from 'better-sqlite3';
import type { RunId } from '@cullstream/contracts';
import { unguardedFolder, type GuardedFolder } from '@cullstream/files';
import { createDatabase } from './create-database.js';
import { openConnection, type ConnectionOptions } from './connection.js';
import { translateError, withTranslatedErrors } from './database-error.js';
import { locateDatabase, refuseForeignTarget } from './database-location.js';
import { migrate } from './migrations/migrate.js';
import type { ImageResult } from './prediction-row.js';
import { RunBatch } from './run-batch.js';
import { FAILURES_SHOWN, toRunProgress, type RunProgress } from './run-progress.js';
import type { RunRow } from './schema.js';
import { prepareStatements, type Statements } from './statements.js';

export interface RejectedResult {
  readonly event: ImageResult;
  /** Why the result can never be stored. */
  readonly message: string;
}

export interface AppliedRun extends RunProgress {
  /** Whether this call made the run complete. */
  readonly newlyCompleted: boolean;
}

export interface ApplyResult {
  /** One for each run in the batch, in the order of their first events. */
  readonly runs: readonly AppliedRun[];
  /** Results whose catalogue or recipe differs from that of their run. They are not stored. */
  readonly rejected: readonly RejectedResult[];
}

export interface ProjectDatabase {
  /** The file that is written. */
  readonly path: string;
  /** The same path below the data folder, with `/`. */
  readonly name: string;
  /** Whether this is a staging database, since `<project>.db` belongs to the user. */
  readonly staged: boolean;
  /**
   * Stores results in one transaction, synced to disk when it returns; acknowledge messages only then.
   * Results may come repeatedly, in any order and batch: the rows are the same.
   * @throws {TransientError} when the disk is full or fails, or the database is locked.
   * @throws {DatabaseError} when the file is damaged or cannot be written. Nothing was stored.
   */
  apply(events: readonly ImageResult[], at: Date): ApplyResult;
  /** The progress of a run; undefined if there are no results of it yet. */
  progress(run: RunId): RunProgress | undefined;
  close(): void;
}

export interface ProjectDatabaseOptions extends ConnectionOptions {
  readonly dataDir: string;
  readonly project: string;
  /** Confirmed before and after opening, since all rows go to the file that was opened. */
  readonly folder?: GuardedFolder;
}

/**
 * Opens the database for the predictions of a project, and creates it if there is none: `<project>.db`,
 * or `<project>_ai_predictions_temp.db` if the former belongs to the user, whose file is not touched.
 * @throws {TransientError} when the disk is full or fails, or the database is locked.
 * @throws {DatabaseError} when a file is in the way, damaged, of a newer version or not writable.
 */
export async function openProjectDatabase(
  options: ProjectDatabaseOptions,
): Promise<ProjectDatabase> {
  const { dataDir, project, folder = unguardedFolder } = options;
  const location = locateDatabase(dataDir, project);
  refuseForeignTarget(location);
  const path = location.target;
  try {
    // A file that has appeared meanwhile may belong to anybody, so look again.
    if (!location.targetExists && !(await createDatabase(path, undefined, folder))) {
      return await openProjectDatabase(options);
    }
    folder.confirm();
    const sqlite = openConnection(path, options);
    try {
      folder.confirm();
      await migrate(sqlite);
      const { targetName: name, staged } = location;
      return { path, name, staged, ...prepareResults(project, sqlite) };
    } catch (error) {
      sqlite.close();
      throw error;
    }
  } catch (error) {
    throw translateError(error, 'open', path);
  }
}

/** The result of {@link createProjectDatabase}. */
export interface CreatedDatabase extends ApplyResult {
  /** Path of the file below the data folder, with `/`. */
  readonly name: string;
}

/**
 * Creates the database of a project together with its first predictions, synced to disk when it returns;
 * acknowledge messages only then. A small project is then complete after two syncs.
 * @returns undefined if there is a database already, which {@link openProjectDatabase} opens.
 * @throws {TransientError} when the disk is full or fails.
 * @throws {DatabaseError} when a file is in the way or the folder not writable. Nothing was stored.
 */
export async function createProjectDatabase(
  { dataDir, project, folder }: Pick<ProjectDatabaseOptions, 'dataDir' | 'project' | 'folder'>,
  events: readonly ImageResult[],
  at: Date,
): Promise<CreatedDatabase | undefined> {
  const location = locateDatabase(dataDir, project);
  refuseForeignTarget(location);
  if (location.targetExists) return undefined;
  try {
    let stored: ApplyResult | undefined;
    const fill = (sqlite: BetterSqlite3.Database) => {
      stored = prepareResults(project, sqlite).apply(events, at);
    };
    const isCreated = await createDatabase(location.target, fill, folder);
    return isCreated && stored !== undefined ? { name: location.targetName, ...stored } : undefined;
  } catch (error) {
    throw translateError(error, 'create', location.target);
  }
}

function prepareResults(
  project: string,
  sqlite: BetterSqlite3.Database,
): Pick<ProjectDatabase, 'apply' | 'progress' | 'close'> {
  const statements = prepareStatements(sqlite);
  const transaction = sqlite.transaction((events: readonly ImageResult[], at: Date) =>
    store(statements, project, events, at),
  );
  return {
    apply: (events, at) =>
      withTranslatedErrors('write to', sqlite.name, () => transaction.immediate(events, at)),
    progress: (run) => {
      const row = statements.selectRun.get({ run });
      return row === undefined ? undefined : readProgress(statements, project, row);
    },
    close: () => sqlite.close(),
  };
}

function store(
  statements: Statements,
  project: string,
  events: readonly ImageResult[],
  at: Date,
): ApplyResult {
  const batches = new Map<RunId, { batch: RunBatch; wasComplete: boolean }>();
  const rejected: RejectedResult[] = [];
  for (const event of events) {
    if (event.project.name !== project) {
      throw new Error(`result of ${event.project.name} given to the database of ${project}`);
    }
    let entry = batches.get(event.run);
    if (entry === undefined) {
      const batch = new RunBatch(statements, event, at);
      entry = { batch, wasComplete: batch.row.completed_at !== null };
      batches.set(event.run, entry);
    }
    const message = entry.batch.add(event);
    if (message !== undefined) rejected.push({ event, message });
  }
  const runs = [...batches.values()].map(({ batch, wasComplete }) => {
    batch.finish(at);
    const progress = readProgress(statements, project, batch.row);
    return { ...progress, newlyCompleted: !wasComplete && progress.completedAt !== null };
  });
  return { runs, rejected };
}

function readProgress(statements: Statements, project: string, row: RunRow): RunProgress {
  const failures =
    row.failed_count === 0
      ? []
      : statements.selectFailures.all({ run: row.run, limit: FAILURES_SHOWN });
  return toRunProgress(project, row, failures);
}
