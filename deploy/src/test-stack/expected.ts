import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Sqlite } from '@cullstream/store';

const FOLDER = 'training/ai_training_decisions';
/** Scores, confidences and boxes may differ by less than this. */
const TOLERANCE = 1e-4;

interface Decision {
  readonly ai_selected_index: number | null;
  readonly ai_confidence: number;
  readonly ai_crop_coords: string | readonly number[] | null;
  readonly image_width: number;
  readonly image_height: number;
}
interface Row extends Decision {
  readonly images: string;
}
interface ExpectedGroup extends Decision {
  readonly images: readonly string[];
  readonly scores: readonly (number | null)[];
}
interface Expected {
  readonly projects: Readonly<Record<string, { readonly groups: readonly ExpectedGroup[] }>>;
}

/**
 * What was decided over the samples, beside the reference. A winner may differ where the two best
 * scores are closer than the tolerance.
 * @returns the number of groups, and the differences as text
 */
export async function compareWithExpected(
  dataDir: string,
  expectedFile: string,
): Promise<{ groups: number; differences: string[] }> {
  const { projects } = JSON.parse(await readFile(expectedFile, 'utf8')) as Expected;
  const found = Object.entries(projects).flatMap(([project, { groups }]) => {
    const rows = readDecisions(dataDir, project);
    return groups.map((group) => describeDifference(project, findRow(rows, group), group));
  });
  return { groups: found.length, differences: found.filter(Boolean) };
}

/** A database that contains a user's decisions is not changed: a staging database is used. */
function readDecisions(dataDir: string, project: string): Row[] {
  const beside = join(dataDir, FOLDER, `${project}_ai_predictions_temp.db`);
  const file = existsSync(beside) ? beside : join(dataDir, FOLDER, `${project}.db`);
  const database = new Sqlite(file, { readonly: true });
  const rows = database.prepare<[], Row>('SELECT * FROM ai_decisions').all();
  database.close();
  return rows;
}

/** The row with the images of a group in their order; other images may lie between them. */
function findRow(rows: readonly Row[], { images }: ExpectedGroup): Row | undefined {
  const wanted = images.map((name) => basename(name));
  return rows.find((row) => {
    const listed = (JSON.parse(row.images) as string[]).map((name) => basename(name));
    return listed.filter((name) => wanted.includes(name)).join() === wanted.join();
  });
}

function describeDifference(project: string, row: Row | undefined, group: ExpectedGroup): string {
  const place = `${project}, ${String(group.images[0])}`;
  if (row === undefined) return `${place}: no row`;
  const [best = -Infinity, second = -Infinity] = group.scores
    .filter((score) => score !== null)
    .sort((a, b) => b - a);
  const isSame = row.ai_selected_index === group.ai_selected_index;
  if (!isSame) return best - second < TOLERANCE ? '' : `${place}: another winner`;
  const [mine, theirs] = [toNumbers(row), toNumbers(group)];
  const isNear = mine.every((value, index) => Math.abs(value - (theirs[index] ?? NaN)) < TOLERANCE);
  return mine.length === theirs.length && isNear
    ? ''
    : `${place}: ${String(mine)} for ${String(theirs)}`;
}

function toNumbers(decision: Decision): number[] {
  const { ai_crop_coords: coords } = decision;
  const box = typeof coords === 'string' ? (JSON.parse(coords) as number[]) : (coords ?? []);
  return [decision.ai_confidence, decision.image_width, decision.image_height, ...box];
}
