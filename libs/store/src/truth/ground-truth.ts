import { parseBox } from '../image-names.js';
import { withPrivateCopy } from '../private-copy.js';
import { readColumns } from '../table-columns.js';
import type BetterSqlite3 from 'better-sqlite3';

export type TruthAction = 'approve' | 'crop' | 'reject';
/** How the crop was found: proven pixel by pixel, estimated by correlation, or not found. */
export type TruthMethod = 'exact' | 'correlated' | 'scaled' | 'none';
type Box = readonly [number, number, number, number];

/** What a person chose and cropped in a group, found from its finished image. */
export interface GroundTruth {
  readonly groupId: string;
  /** Name of the finished image; null for a rejected group, which has none. */
  readonly finalFile: string | null;
  /** Position of the original in the group, from 0; null for a rejected group. */
  readonly selectedIndex: number | null;
  readonly action: TruthAction;
  /** `[x1, y1, x2, y2]` in the original's pixels; null if it is not known. */
  readonly boxPx: Box | null;
  /** The same in [0, 1]. */
  readonly crop: Box | null;
  readonly method: TruthMethod;
  /** 1 if every pixel is the same, else the correlation coefficient; null if nothing was found. */
  readonly score: number | null;
  /** When the finished image was last modified: ISO 8601, UTC. */
  readonly finalTime: string | null;
  /** Path of the finished image below its folder or in its archive. */
  readonly finalPath: string | null;
  /** Identifies the files that were compared, so that unchanged files need not be compared again. */
  readonly evidence: string | null;
}

/** A row of `ground_truth`. */
export interface GroundTruthRow {
  group_id: string;
  final_file: string | null;
  selected_index: number | null;
  action: TruthAction;
  box_px: string | null;
  crop: string | null;
  method: TruthMethod;
  score: number | null;
  final_time: string | null;
  final_path: string | null;
  evidence: string | null;
}

/**
 * The truth in a database, by group; empty if the database is not ours. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readGroundTruth(path: string): Map<string, GroundTruth> {
  return withPrivateCopy(path, readOpenGroundTruth);
}

/** The truth in an open database, by group; empty if the database is not ours. */
export function readOpenGroundTruth(sqlite: BetterSqlite3.Database): Map<string, GroundTruth> {
  if (readColumns(sqlite, 'ground_truth').size === 0) return new Map();
  const rows = sqlite.prepare<[], GroundTruthRow>('SELECT * FROM ground_truth').all();
  return new Map(rows.map((row) => [row.group_id, toGroundTruth(row)]));
}

function toGroundTruth(row: GroundTruthRow): GroundTruth {
  return {
    groupId: row.group_id,
    finalFile: row.final_file,
    selectedIndex: row.selected_index,
    action: row.action,
    boxPx: parseBox(row.box_px) ?? null,
    crop: parseBox(row.crop) ?? null,
    method: row.method,
    score: row.score,
    finalTime: row.final_time,
    finalPath: row.final_path,
    evidence: row.evidence,
  };
}

export function toGroundTruthRow(truth: GroundTruth): GroundTruthRow {
  return {
    group_id: truth.groupId,
    final_file: truth.finalFile,
    selected_index: truth.selectedIndex,
    action: truth.action,
    box_px: truth.boxPx === null ? null : JSON.stringify(truth.boxPx),
    crop: truth.crop === null ? null : JSON.stringify(truth.crop),
    method: truth.method,
    score: truth.score,
    final_time: truth.finalTime,
    final_path: truth.finalPath,
    evidence: truth.evidence,
  };
}
