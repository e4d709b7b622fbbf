import { parseBox, parseImageNames, parseJson } from '../image-names.js';
import type { Finding, Report } from './finding.js';

/** A row of `ai_decisions` as it is stored, with the columns of its version. */
export type RawRow = Readonly<Record<string, unknown>>;

/** Columns that must have a value, in versions that have them. */
const REQUIRED = ['group_id', 'timestamp', 'project_id', 'images'] as const;

/**
 * Checks a single row, column by column. Columns that its version lacks are not reported.
 * @returns the row's image names, empty if they cannot be read.
 */
export function checkRow(row: RawRow, report: Report): readonly string[] {
  const groupId = toGroupId(row);
  const tell = (severity: Finding['severity'], check: Finding['check'], message: string) =>
    report({ severity, check, groupId, message });
  for (const column of REQUIRED) {
    if (column in row && (row[column] === null || row[column] === '')) {
      tell('error', 'required-value', `${column} is empty`);
    }
  }
  const images = parseImageNames(row['images']);
  if (images === undefined && row['images'] !== null) {
    tell('error', 'json', 'images is no JSON list of file names');
  }
  for (const column of ['ai_selected_index', 'user_selected_index'] as const) {
    const problem = indexProblem(row[column], images);
    if (problem !== undefined) tell('error', 'index-in-group', `${column} ${problem}`);
  }
  for (const column of ['ai_crop_coords', 'final_crop_coords'] as const) {
    const problem = boxProblem(row[column]);
    if (problem !== undefined) tell('error', problem.check, `${column} ${problem.message}`);
  }
  const confidence = row['ai_confidence'] ?? null;
  if (confidence !== null && !isWithin(confidence, 0, 1)) {
    tell('error', 'confidence', `ai_confidence is ${show(confidence)}, not within 0 and 1`);
  }
  for (const column of ['image_width', 'image_height'] as const) {
    if (column in row && !isWithin(row[column], 1, Number.MAX_SAFE_INTEGER)) {
      tell('error', 'dimensions', `${column} is ${show(row[column])}, not a size in pixels`);
    }
  }
  const hasRest = [row['ai_crop_coords'], confidence].some((cell) => (cell ?? null) !== null);
  if (hasRest && (row['ai_selected_index'] ?? null) === null) {
    tell('warning', 'partial-prediction', 'a box or confidence, but no ai_selected_index');
  }
  return images ?? [];
}

export function toGroupId(row: RawRow): string {
  return show(row['group_id']);
}

function indexProblem(cell: unknown, images: readonly string[] | undefined): string | undefined {
  if ((cell ?? null) === null) return undefined;
  if (!Number.isInteger(cell) || !isWithin(cell, 0, Number.MAX_SAFE_INTEGER)) {
    return `is ${show(cell)}, not a position`;
  }
  if (images === undefined || isWithin(cell, 0, images.length - 1)) return undefined;
  return `is ${show(cell)}, the group has ${images.length} images`;
}

function boxProblem(cell: unknown): { check: 'json' | 'box'; message: string } | undefined {
  if ((cell ?? null) === null) return undefined;
  if (parseJson(cell) === undefined) return { check: 'json', message: 'is no JSON' };
  const box = parseBox(cell);
  if (box === undefined) return { check: 'box', message: `is ${show(cell)}, not four numbers` };
  const [x1, y1, x2, y2] = box;
  if (!box.every((value) => value >= 0 && value <= 1)) {
    return { check: 'box', message: `${show(cell)} is not within 0 and 1` };
  }
  if (x1 >= x2 || y1 >= y2) return { check: 'box', message: `${show(cell)} is inverted` };
  return undefined;
}

function isWithin(cell: unknown, low: number, high: number): boolean {
  return typeof cell === 'number' && cell >= low && cell <= high;
}

const SHOWN_LENGTH = 80;

function show(cell: unknown): string {
  const text = typeof cell === 'string' ? cell : String(cell);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
