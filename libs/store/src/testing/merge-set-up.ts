import { createForeignDatabase, type TemporaryData } from './temporary-data.js';
import { Sqlite } from '../sqlite.js';

/** The relaxed version: as the strict one, with the user's columns nullable. */
export const RELAXED = `CREATE TABLE ai_decisions (
  group_id TEXT PRIMARY KEY, timestamp TEXT, project_id TEXT, directory TEXT, batch_number INTEGER,
  images TEXT NOT NULL, ai_selected_index INTEGER, ai_crop_coords TEXT, ai_confidence REAL,
  user_selected_index INTEGER, user_action TEXT, final_crop_coords TEXT, crop_timestamp TEXT,
  image_width INTEGER, image_height INTEGER, selection_match BOOLEAN, crop_match BOOLEAN,
  ai_crop_accepted BOOLEAN, CHECK(ai_selected_index >= 0 AND ai_selected_index <= 3))`;
export const STRICT = RELAXED.replace(
  'user_selected_index INTEGER',
  'user_selected_index INTEGER NOT NULL',
);
export const SIX_COLUMNS = `CREATE TABLE ai_decisions (group_id TEXT PRIMARY KEY, project_id TEXT,
  images TEXT, ai_selected_index INTEGER, ai_crop_coords TEXT, ai_confidence REAL)`;

type Row = Record<string, string | number | null>;

export function insertRows(path: string, rows: readonly Row[]): void {
  const sqlite = new Sqlite(path);
  for (const row of rows) {
    const columns = Object.keys(row);
    const values = columns.map((column) => `@${column}`);
    sqlite
      .prepare(`INSERT INTO ai_decisions (${columns.join()}) VALUES (${values.join()})`)
      .run(row);
  }
  sqlite.close();
}

export function readRows(path: string): Row[] {
  const sqlite = new Sqlite(path, { readonly: true });
  const rows = sqlite.prepare<[], Row>('SELECT * FROM ai_decisions ORDER BY group_id').all();
  sqlite.close();
  return rows;
}

export function prediction(changes: Row = {}): Row {
  return {
    group_id: 'g',
    timestamp: '2026-01-31T09:45:00Z',
    project_id: 'p',
    images: '["1.png","2.png","3.png"]',
    ai_selected_index: 1,
    ai_crop_coords: '[0.1,0.2,0.8,0.9]',
    ai_confidence: 0.5,
    image_width: 640,
    image_height: 480,
    ...changes,
  };
}

export function decision(changes: Row = {}): Row {
  const timestamp = '2025-10-21T12:00:00Z';
  const none = { ai_selected_index: null, ai_crop_coords: null, ai_confidence: null };
  return prediction({
    ...none,
    timestamp,
    user_selected_index: 1,
    user_action: 'crop',
    ...changes,
  });
}

export function setUpMerge(
  data: TemporaryData,
  target: { table?: string; rows: readonly Row[] },
  staged: readonly Row[],
) {
  const paths = { target: data.toPath('p.db'), staged: data.toPath('p_ai_predictions_temp.db') };
  createForeignDatabase(paths.target, target.table ?? RELAXED);
  insertRows(paths.target, target.rows);
  createForeignDatabase(paths.staged, RELAXED.replace(' AND ai_selected_index <= 3', ''));
  insertRows(paths.staged, staged);
  return paths;
}
