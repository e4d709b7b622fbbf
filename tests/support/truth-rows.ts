import { Sqlite } from '@cullstream/store';
import { expect } from 'vitest';
import { toFinalsDir, type FinishedGroup } from './finished-images.js';
import { runInProcess } from './run-in-process.js';
import type { SamplesCopy } from './samples.js';

export interface TruthRow {
  group_id: string;
  final_file: string | null;
  selected_index: number | null;
  action: string;
  box_px: string | null;
  crop: string | null;
  method: string;
  final_time: string | null;
}

export interface DecisionRow {
  group_id: string;
  user_selected_index: number | null;
  user_action: string | null;
  final_crop_coords: string | null;
  crop_timestamp: string | null;
  selection_match: number | null;
  crop_match: number | null;
  ai_selected_index: number;
  ai_crop_coords: string | null;
}

export interface TruthDocument {
  complete: boolean;
  projects: {
    project_id: string;
    groups: number;
    approve: number;
    crop: number;
    reject: number;
    ambiguous: { group_id: string; finals: string[] }[];
    unmatched_finals: string[];
    failures: { group_id: string; final: string; message: string }[];
    audit: Record<string, { group_id: string }[]>;
  }[];
  failed: { project_id: string; message: string }[];
}

export function readRows<T>(path: string, table: string): T[] {
  const sqlite = new Sqlite(path, { readonly: true });
  try {
    return sqlite.prepare<[], T>(`SELECT * FROM ${table} ORDER BY group_id`).all();
  } finally {
    sqlite.close();
  }
}

/** The rows by their groups. */
export function readTruths(path: string): Map<string, TruthRow> {
  return new Map(readRows<TruthRow>(path, 'ground_truth').map((row) => [row.group_id, row]));
}

/** Empties the user's columns in some groups, as in a table that is not finished. */
export function emptyUserColumns(path: string): void {
  const sqlite = new Sqlite(path);
  const cells = sqlite
    .prepare<[], { sql: string }>("SELECT sql FROM sqlite_schema WHERE name = 'ai_decisions'")
    .get()?.sql;
  sqlite.exec(
    `ALTER TABLE ai_decisions RENAME TO older; ${(cells ?? '')
      .replaceAll('user_selected_index INTEGER NOT NULL', 'user_selected_index INTEGER')
      .replaceAll('user_action TEXT NOT NULL', 'user_action TEXT')};
     INSERT INTO ai_decisions SELECT * FROM older; DROP TABLE older;
     UPDATE ai_decisions SET user_selected_index = NULL, user_action = NULL,
       final_crop_coords = NULL, crop_timestamp = NULL WHERE group_id LIKE '%_img001'`,
  );
  sqlite.close();
}

export const truthArgs = (copy: SamplesCopy, ...more: string[]) => [
  ...['truth', '--originals', copy.originals, '--data', copy.data],
  ...['--finals', toFinalsDir(copy), ...more],
];

export async function proveAll(copy: SamplesCopy, ...more: string[]): Promise<TruthDocument> {
  const { exitCode, stdout, stderr } = await runInProcess(truthArgs(copy, '--json', ...more));
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as TruthDocument;
}

export function expectRow(
  row: TruthRow | undefined,
  { index, action, box, tolerancePx }: FinishedGroup,
): void {
  if (action === null) {
    expect(row).toBeUndefined();
    return;
  }
  expect(row).toMatchObject({ selected_index: index, action });
  const found = row?.box_px == null ? null : (JSON.parse(row.box_px) as number[]);
  expect(found === null).toBe(box === null);
  for (const [side, edge] of (box ?? []).entries()) {
    expect(Math.abs((found?.[side] ?? NaN) - edge)).toBeLessThanOrEqual(tolerancePx);
  }
}

/** The user's columns of a row, and whether the prediction was the same. */
export function expectCompared(row: DecisionRow, truth: TruthRow | undefined): void {
  expect(row).toMatchObject({
    user_selected_index: truth?.selected_index ?? null,
    user_action: truth?.action ?? null,
    final_crop_coords: truth?.crop ?? null,
    crop_timestamp: truth?.final_file == null ? null : '2026-03-04T05:06:07Z',
  });
  const isSame = row.ai_selected_index === truth?.selected_index;
  const isKept = truth?.selected_index != null;
  expect(row.selection_match).toBe(isKept ? Number(isSame) : null);
  if (!isSame || row.ai_crop_coords === null || truth.crop === null) {
    expect(row.crop_match).toBeNull();
    return;
  }
  const [ours, theirs] = [row.ai_crop_coords, truth.crop].map((box) => JSON.parse(box) as number[]);
  const isNear = ours?.every((edge, side) => Math.abs(edge - (theirs?.[side] ?? 9)) <= 0.05);
  expect(row.crop_match).toBe(Number(isNear));
}
