import type BetterSqlite3 from 'better-sqlite3';
import { baseNameKey } from '@cullstream/domain';
import type { StoredDecision } from '../stored-decisions.js';
import { compareWithUser } from './compare-with-user.js';
import {
  AI_COLUMNS,
  USER_COLUMNS,
  type AiColumn,
  type FilledColumn,
  type MergeReport,
  type UnmergedReason,
} from './merge-report.js';
import { findRefusal } from './find-refusal.js';
import { refuseSideEffects } from './refuse-side-effects.js';
import { loadTargetRows, type TargetRow, type TargetRows } from './target-rows.js';

type Cells = Record<string, string | number | null>;
type Writable<T> = {
  -readonly [Key in keyof T]: T[Key] extends readonly (infer E)[] ? E[] : never;
};

/**
 * Merges staged decisions into an open database, inside the caller's transaction: adds missing
 * groups, fills columns that are NULL with what the models decided and the finished images show, and
 * fills missing comparisons of both. Never changes a cell that has a value; a second merge changes nothing.
 * @throws {ConfigurationError} when the table cannot be merged into, or its triggers would change more.
 */
export function mergeRows(
  sqlite: BetterSqlite3.Database,
  staged: Iterable<StoredDecision>,
): MergeReport {
  const report: Writable<MergeReport> = {
    added: [],
    filled: [],
    compared: [],
    left: [],
    refused: [],
  };
  const target = loadTargetRows(sqlite);
  for (const decision of staged) {
    const row = target.find(decision.groupId, decision.images);
    const groupId = row?.groupId ?? decision.groupId;
    let merged: Merged = {};
    const refusal = findRefusal(sqlite, () => {
      merged = mergeRow(sqlite, target, row, decision);
    });
    if (refusal !== undefined) {
      report.refused.push({ groupId, message: refusal });
      // What the models decided may be allowed without what the person chose.
      if (decision.userAction !== null) {
        findRefusal(sqlite, () => {
          merged = { ...mergeRow(sqlite, target, row, withoutChoice(decision)), left: undefined };
        });
      }
    }
    if (merged.added !== undefined) report.added.push(merged.added);
    if (merged.filled !== undefined) report.filled.push(merged.filled);
    if (merged.left !== undefined) report.left.push({ groupId, reason: merged.left });
  }
  const { compared, refused } = compareWithUser(sqlite, target.columns);
  report.compared.push(...compared);
  report.refused.push(...refused);
  refuseSideEffects(sqlite, target, report.compared);
  return report;
}

/** What became of one staged decision. */
interface Merged {
  readonly added?: MergeReport['added'][number];
  readonly filled?: MergeReport['filled'][number];
  readonly left?: UnmergedReason | undefined;
}

/** @param row undefined if the database has none of the group */
function mergeRow(
  sqlite: BetterSqlite3.Database,
  target: TargetRows,
  row: TargetRow | undefined,
  staged: StoredDecision,
): Merged {
  if (row === undefined) {
    const { groupId, images } = staged;
    const prediction = toPrediction(staged);
    if (typeof prediction === 'string') return { left: prediction };
    const cells = { ...describingCells(staged), ...prediction, ...toChoice(staged) };
    insertRow(sqlite, target.columns, cells);
    return { added: { groupId, images } };
  }
  const prediction = fittedTo(row, staged);
  const wanted: Cells = {
    ...(typeof prediction === 'string' ? {} : prediction),
    ...choiceFittedTo(row, staged),
  };
  const columns = [...AI_COLUMNS, ...USER_COLUMNS].filter(
    (column) =>
      target.columns.has(column) && row.cells[column] === null && (wanted[column] ?? null) !== null,
  );
  if (columns.length === 0) {
    return { left: typeof prediction === 'string' ? prediction : 'nothing-to-fill' };
  }
  fillRow(sqlite, row, columns, wanted);
  for (const column of columns) row.cells[column] = wanted[column];
  return { filled: { groupId: row.groupId, stagedGroupId: staged.groupId, columns } };
}

function withoutChoice(decision: StoredDecision): StoredDecision {
  return {
    ...decision,
    userSelectedIndex: null,
    userAction: null,
    finalCrop: null,
    cropTimestamp: null,
  };
}

type Prediction = Readonly<Record<AiColumn, string | number | null>>;

function toPrediction(decision: StoredDecision): Prediction | UnmergedReason {
  if (decision.selectedIndex === null) return 'no-prediction';
  return {
    ai_selected_index: decision.selectedIndex,
    ai_crop_coords: decision.crop === null ? null : JSON.stringify(decision.crop),
    ai_confidence: decision.confidence,
  };
}

/** The prediction with its position changed to that in the row's own list of images. */
function fittedTo(row: TargetRow, decision: StoredDecision): Prediction | UnmergedReason {
  const prediction = toPrediction(decision);
  if (typeof prediction === 'string') return prediction;
  const picked = decision.images[decision.selectedIndex ?? -1];
  if (picked === undefined) return 'no-prediction';
  const index = positionIn(row.images, picked, decision.selectedIndex ?? 0);
  if (index === -1) return 'different-images';
  const standing = row.cells['ai_selected_index'];
  if (standing !== null && standing !== index) return 'different-pick';
  return { ...prediction, ai_selected_index: index };
}

/** What the finished images show, as columns of the user; empty if there is no truth for the group. */
function toChoice(decision: StoredDecision): Cells {
  if (decision.userAction === null) return {};
  return {
    user_selected_index: decision.userSelectedIndex,
    user_action: decision.userAction,
    final_crop_coords: decision.finalCrop === null ? null : JSON.stringify(decision.finalCrop),
    crop_timestamp: decision.cropTimestamp,
  };
}

/** The same for the row's own list of images; empty if the row contains another choice. */
function choiceFittedTo(row: TargetRow, decision: StoredDecision): Cells {
  const { userSelectedIndex: selected } = decision;
  const choice = toChoice(decision);
  if (selected !== null && 'user_selected_index' in choice) {
    const index = positionIn(row.images, decision.images[selected] ?? '', selected);
    if (index === -1) return {};
    choice['user_selected_index'] = index;
  }
  const agrees = (['user_selected_index', 'user_action'] as const).every((column) =>
    [null, undefined, choice[column]].includes(row.cells[column] as string | number | null),
  );
  return agrees ? choice : {};
}

/** The expected position if the name is there, since names may repeat; else the first one. */
function positionIn(images: readonly string[], name: string, expected: number): number {
  const baseNames = images.map(baseNameKey);
  const wanted = baseNameKey(name);
  return baseNames[expected] === wanted ? expected : baseNames.indexOf(wanted);
}

function describingCells(decision: StoredDecision): Cells {
  return {
    group_id: decision.groupId,
    timestamp: decision.timestamp,
    project_id: decision.projectId,
    directory: decision.directory,
    batch_number: 1,
    images: JSON.stringify(decision.images),
    image_width: decision.widthPx,
    image_height: decision.heightPx,
    prediction_recipe: decision.predictionRecipe,
  };
}

function insertRow(
  sqlite: BetterSqlite3.Database,
  columns: ReadonlySet<string>,
  cells: Cells,
): void {
  const known = Object.keys(cells).filter((column) => columns.has(column));
  const values = known.map((column) => `@${column}`);
  sqlite.prepare(`INSERT INTO ai_decisions (${known.join()}) VALUES (${values.join()})`).run(cells);
}

/** Checks for NULL again, so that no value is overwritten that was added since. */
function fillRow(
  sqlite: BetterSqlite3.Database,
  row: TargetRow,
  columns: readonly FilledColumn[],
  cells: Cells,
): void {
  const assignments = columns.map((column) => `${column} = COALESCE(${column}, @${column})`);
  sqlite
    .prepare(`UPDATE ai_decisions SET ${assignments.join()} WHERE group_id = @group_id`)
    .run({ ...cells, group_id: row.groupId });
}
