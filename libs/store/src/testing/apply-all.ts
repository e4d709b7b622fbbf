import { openProjectDatabase } from '../project-database.js';
import type { ImageResult } from '../prediction-row.js';

export const NOON = new Date('2026-01-31T12:00:00.000Z');

/** The tables of a project database. */
export const TABLES = [
  'ai_decisions',
  'recipes',
  'runs',
  'images',
  'groups',
  'predictions',
  'group_decisions',
];

/** Stores batches of results one after another, at noon, in the database of the project `dalia`. */
export async function applyAll(dataDir: string, ...batches: readonly (readonly ImageResult[])[]) {
  const database = await openProjectDatabase({ dataDir, project: 'dalia' });
  const results = batches.map((batch) => database.apply(batch, NOON));
  database.close();
  return { path: database.path, last: results.at(-1), results };
}
