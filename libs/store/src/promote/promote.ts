import type BetterSqlite3 from 'better-sqlite3';
import type { RunId } from '@cullstream/contracts';
import { withTranslatedErrors } from '../database-error.js';
import { openOwnDatabase } from '../open-own-database.js';
import { withPrivateCopy } from '../private-copy.js';
import { toRunStart } from '../run-progress.js';
import { readColumns } from '../table-columns.js';
import { isUntouched, mayGetImages, updateMatches } from '../truth/user-columns.js';
import { readOpenVersions } from '../versions/read-versions.js';

/** Columns that a promotion replaces: the results of the models, the images they are about, and their time. */
const REPLACED = [
  'timestamp',
  'directory',
  'images',
  'ai_selected_index',
  'ai_crop_coords',
  'ai_confidence',
  'image_width',
  'image_height',
  'prediction_recipe',
] as const;

/** Columns that make a decision different; the time alone does not. */
const DECIDING = REPLACED.filter((column) => column !== 'timestamp');

/** Promotions before migration 0005 left these as they were, and kept nothing of them. */
const MAYBE_NOT_KEPT: readonly string[] = ['directory', 'images'];

/** A row that nobody but cullstream has worked on. */
const UNTOUCHED = isUntouched('decision');

/** One that may become the decision of a table with the wanted ones, or with those that are given back. */
const isReplaceable = (table: string) =>
  `(${UNTOUCHED} AND ${mayGetImages('decision', `COALESCE(${table}.images, decision.images)`)})`;

export interface PromotionResult {
  /** Run whose decisions were used; null if the version never completed this project. */
  readonly run: RunId | null;
  /** Rows that were changed to this version. */
  readonly replaced: number;
  /** Rows that had exactly this version already. */
  readonly unchanged: number;
  /** Rows that somebody has worked on, or with a choice among other images: left as they are. */
  readonly left: number;
  /** Rows of groups that the version does not decide: left as they are. */
  readonly undecided: number;
}

export interface UndoResult {
  readonly restored: number;
  /** Rows that somebody has worked on, or that changed, since: left as they are. */
  readonly left: number;
}

/**
 * Makes a version the current one of a database: the AI columns of `ai_decisions` get the values of the
 * version's newest completed run. The replaced values are stored under `promotion`. This is one
 * transaction; a second call changes nothing.
 * @param promotion orders promotions of several databases: an id that sorts by time
 * @throws {TransientError} when the disk is full or fails, or the database is locked.
 * @throws {DatabaseError} when cullstream did not create the file, or it is damaged.
 */
export async function promoteVersion(
  path: string,
  { version, promotion, project }: { version: string; promotion: string; project: string },
): Promise<PromotionResult> {
  return withOwnDatabase(path, (sqlite) => {
    const run = readOpenVersions(sqlite, project).find((each) => each.version === version)
      ?.newestCompleted?.run;
    if (run === undefined) return { run: null, replaced: 0, unchanged: 0, left: 0, undecided: 0 };
    collectDecisions(sqlite, run, version);
    const count = (where: string) =>
      sqlite.prepare<[], number>(`SELECT COUNT(*) FROM ${where}`).pluck().get() ?? 0;
    const matched = 'ai_decisions decision JOIN wanted USING (group_id)';
    const same = DECIDING.map((column) => `decision.${column} IS wanted.${column}`).join(' AND ');
    const counts = {
      unchanged: count(`${matched} WHERE ${same}`),
      left: count(`${matched} WHERE NOT (${same}) AND NOT ${isReplaceable('wanted')}`),
      undecided: count('ai_decisions WHERE group_id NOT IN (SELECT group_id FROM wanted)'),
    };
    const keys = `SELECT group_id FROM ${matched} WHERE NOT (${same}) AND ${isReplaceable('wanted')}`;
    const replaced = count(`(${keys})`);
    if (replaced > 0) replace(sqlite, keys, { promotion, version, run });
    sqlite.exec('DROP TABLE wanted');
    return { run, replaced, ...counts };
  });
}

/** Copies the decisions of the version's run to a temporary table with the columns that are replaced. */
function collectDecisions(sqlite: BetterSqlite3.Database, run: RunId, version: string): void {
  sqlite.exec(
    `CREATE TEMP TABLE wanted (group_id TEXT PRIMARY KEY, ${REPLACED.join()}) WITHOUT ROWID`,
  );
  sqlite
    .prepare<{ run: string; timestamp: string; version: string }>(
      `INSERT INTO wanted
       SELECT decided.group_id, @timestamp, grouped.directory, grouped.images,
         decided.selected_index, decided.crop, decided.confidence,
         prediction.width_px, prediction.height_px, @version
       FROM runs run
       CROSS JOIN group_decisions decided ON decided.run = run.run
       CROSS JOIN groups grouped
         ON grouped.catalogue = run.catalogue AND grouped.group_id = decided.group_id
       CROSS JOIN images image ON image.catalogue = run.catalogue
         AND image.group_id = decided.group_id AND image.position = decided.selected_index
       CROSS JOIN predictions prediction
         ON prediction.run = run.run AND prediction.sequence = image.sequence
       WHERE run.run = @run AND decided.outcome = 'decided'`,
    )
    .run({ run, timestamp: toRunStart(run), version });
}

function replace(
  sqlite: BetterSqlite3.Database,
  keys: string,
  note: { promotion: string; version: string; run: RunId },
): void {
  const columns = REPLACED.join();
  sqlite.prepare('INSERT INTO promotions VALUES (@promotion, @version, @run)').run(note);
  sqlite
    .prepare(
      `INSERT INTO replaced_decisions (promotion, group_id, ${columns})
       SELECT ?, group_id, ${columns} FROM ai_decisions WHERE group_id IN (${keys})`,
    )
    .run(note.promotion);
  const assignments = REPLACED.map((column) => `${column} = wanted.${column}`).join();
  sqlite
    .prepare(
      `UPDATE ai_decisions SET ${assignments} FROM wanted
       WHERE wanted.group_id = ai_decisions.group_id AND ai_decisions.group_id IN
         (SELECT group_id FROM replaced_decisions WHERE promotion = ?)`,
    )
    .run(note.promotion);
  sqlite
    .prepare(
      updateMatches('group_id IN (SELECT group_id FROM replaced_decisions WHERE promotion = ?)'),
    )
    .run(note.promotion);
}

/** Id and version of the newest promotion that can be undone; undefined if there is none. */
export function lastPromotion(path: string): { promotion: string; version: string } | undefined {
  return withPrivateCopy(path, (sqlite) => {
    if (readColumns(sqlite, 'promotions').size === 0) return undefined;
    return sqlite
      .prepare<[], { promotion: string; version: string }>(
        'SELECT promotion, version FROM promotions ORDER BY promotion DESC LIMIT 1',
      )
      .get();
  });
}

/**
 * Undoes a promotion: restores every row that it replaced, unless the row was changed since or somebody has
 * worked on it.
 * @throws as {@link promoteVersion}
 */
export async function undoPromotion(path: string, promotion: string): Promise<UndoResult> {
  return withOwnDatabase(path, (sqlite) => {
    const before = `replaced_decisions WHERE promotion = @promotion`;
    const total =
      sqlite
        .prepare<{ promotion: string }, number>(`SELECT COUNT(*) FROM ${before}`)
        .pluck()
        .get({ promotion }) ?? 0;
    const assignments = REPLACED.map((column) =>
      MAYBE_NOT_KEPT.includes(column)
        ? `${column} = COALESCE(kept.${column}, decision.${column})`
        : `${column} = kept.${column}`,
    ).join();
    const { changes: restored } = sqlite
      .prepare(
        `UPDATE ai_decisions AS decision SET ${assignments}
         FROM (SELECT * FROM ${before}) AS kept
         WHERE kept.group_id = decision.group_id AND ${isReplaceable('kept')}
         AND decision.prediction_recipe IS
           (SELECT version FROM promotions WHERE promotion = @promotion)`,
      )
      .run({ promotion });
    sqlite
      .prepare(updateMatches(`group_id IN (SELECT group_id FROM ${before})`))
      .run({ promotion });
    sqlite.prepare(`DELETE FROM ${before}`).run({ promotion });
    sqlite.prepare('DELETE FROM promotions WHERE promotion = @promotion').run({ promotion });
    return { restored, left: total - restored };
  });
}

async function withOwnDatabase<T>(
  path: string,
  change: (sqlite: BetterSqlite3.Database) => T,
): Promise<T> {
  const sqlite = await openOwnDatabase(path);
  try {
    return withTranslatedErrors('write to', path, () =>
      sqlite.transaction(() => change(sqlite)).immediate(),
    );
  } finally {
    sqlite.close();
  }
}
