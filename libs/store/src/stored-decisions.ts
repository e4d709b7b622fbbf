import { parseBox, parseImageNames } from './image-names.js';
import { iteratePrivateCopy } from './private-copy.js';
import { columnsOfDecisions, readStableOrder } from './table-columns.js';
import { readOpenGroundTruth, type GroundTruth } from './truth/ground-truth.js';
import { isBeyondUserColumns } from './truth/user-columns.js';

/** A row of `ai_decisions` in any version; columns that the version lacks are null. */
export interface StoredDecision {
  readonly groupId: string;
  readonly projectId: string | null;
  readonly timestamp: string | null;
  readonly directory: string | null;
  readonly images: readonly string[];
  /** Position in `images`, from 0. */
  readonly selectedIndex: number | null;
  /** `[x1, y1, x2, y2]` in [0, 1] of the selected image. */
  readonly crop: readonly [number, number, number, number] | null;
  readonly confidence: number | null;
  readonly widthPx: number | null;
  readonly heightPx: number | null;
  readonly userSelectedIndex: number | null;
  readonly userAction: string | null;
  readonly finalCrop: readonly [number, number, number, number] | null;
  /** When the person's choice was made: ISO 8601, UTC. */
  readonly cropTimestamp: string | null;
  readonly predictionRecipe: string | null;
}

/**
 * The decisions in a database of any version, in the order in which they were added. Leaves no trace.
 * A choice that the finished images show and the user's columns have no room for is read from `ground_truth`.
 * Invalid JSON is read as null, or as no images; `validateDatabase` reports it.
 * @param options.onlyChosen leaves out rows in which no person has decided anything
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readDecisions(
  path: string,
  { onlyChosen = false }: { readonly onlyChosen?: boolean } = {},
): Generator<StoredDecision, void, undefined> {
  return iteratePrivateCopy(path, function* (sqlite) {
    const columns = columnsOfDecisions(sqlite, path);
    if (!columns.has('group_id')) return;
    const rows = sqlite
      .prepare<[], Record<string, unknown>>(
        `SELECT * FROM ai_decisions ${onlyChosen ? toChosen(columns) : ''}
         ORDER BY ${readStableOrder(sqlite)}`,
      )
      .iterate();
    const truths = readOpenGroundTruth(sqlite);
    for (const row of rows) {
      const decision = toStoredDecision(row);
      yield withChoice(decision, truths.get(decision.groupId));
    }
  });
}

function withChoice(decision: StoredDecision, truth: GroundTruth | undefined): StoredDecision {
  if (truth === undefined || decision.userAction !== null) return decision;
  if (!isBeyondUserColumns(truth.selectedIndex)) return decision;
  return {
    ...decision,
    userSelectedIndex: truth.selectedIndex,
    userAction: truth.action,
    finalCrop: truth.crop,
    cropTimestamp: truth.finalTime,
  };
}

/** Versions without the columns have no choices. */
function toChosen(columns: ReadonlySet<string>): string {
  const filled = ['user_action', 'user_selected_index']
    .filter((column) => columns.has(column))
    .map((column) => `${column} IS NOT NULL`);
  return `WHERE ${filled.length === 0 ? 'false' : filled.join(' OR ')}`;
}

export function toStoredDecision(row: Record<string, unknown>): StoredDecision {
  return {
    groupId: String(row['group_id']),
    projectId: toText(row['project_id']),
    timestamp: toText(row['timestamp']),
    directory: toText(row['directory']),
    images: parseImageNames(row['images']) ?? [],
    selectedIndex: toNumber(row['ai_selected_index']),
    crop: parseBox(row['ai_crop_coords']) ?? null,
    confidence: toNumber(row['ai_confidence']),
    widthPx: toNumber(row['image_width']),
    heightPx: toNumber(row['image_height']),
    userSelectedIndex: toNumber(row['user_selected_index']),
    userAction: toText(row['user_action']),
    finalCrop: parseBox(row['final_crop_coords']) ?? null,
    cropTimestamp: toText(row['crop_timestamp']),
    predictionRecipe: toText(row['prediction_recipe']),
  };
}

function toText(cell: unknown): string | null {
  return typeof cell === 'string' ? cell : null;
}

function toNumber(cell: unknown): number | null {
  return typeof cell === 'number' ? cell : null;
}
