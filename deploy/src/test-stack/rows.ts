import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sqlite } from '@cullstream/store';

const FOLDER = 'training/ai_training_decisions';
/** Columns with a time or a run id: they differ between any two runs. */
const OF_THE_MOMENT = new Set([
  ...['run', 'timestamp', 'started_at', 'completed_at', 'first_used_at', 'decided_at'],
]);

/** Rows as JSON, by file and table. */
export type Rows = Readonly<Record<string, readonly string[]>>;
type Row = Readonly<Record<string, unknown>>;

/**
 * Every row of every table of every project database of a data folder, by file and table. A copy is
 * read: SQLite makes files beside what it opens, and they would be another user's.
 */
export async function readRows(dataDir: string): Promise<Rows> {
  const copy = await mkdtemp(join(tmpdir(), 'cullstream-rows-'));
  try {
    await cp(join(dataDir, FOLDER), copy, { recursive: true });
    const files = (await readdir(copy)).filter((name) => name.endsWith('.db'));
    return Object.fromEntries(files.sort().flatMap((file) => readDatabase(copy, file)));
  } finally {
    await rm(copy, { recursive: true });
  }
}

function readDatabase(folder: string, file: string): [string, string[]][] {
  const database = new Sqlite(join(folder, file));
  const tables = database
    .prepare<[], { name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'kysely%'",
    )
    .all();
  const rows = tables.map(({ name }): [string, string[]] => {
    const all = database.prepare<[], Row>(`SELECT * FROM "${name}"`).all();
    return [`${file}/${name}`, all.map((row) => JSON.stringify(lasting(row))).sort()];
  });
  database.close();
  return rows;
}

/** The differences between two readings, as text; empty where there are none. */
export function compareRows(actual: Rows, expected: Rows): string {
  const places = [...new Set([...Object.keys(actual), ...Object.keys(expected)])].sort();
  return places
    .flatMap((place) => {
      const [here = [], there = []] = [actual[place], expected[place]];
      const isListed = new Set(there);
      const more = here.filter((row) => !isListed.has(row));
      if (more.length === 0 && here.length === there.length) return [];
      return [`${place}: ${here.length} rows for ${there.length}, e.g. ${more[0] ?? ''}`];
    })
    .join('\n');
}

/** Compares values, where numbers may differ by a tolerance. */
export function differByMore(tolerance: number, actual: Rows, expected: Rows): string {
  const places = [...new Set([...Object.keys(actual), ...Object.keys(expected)])].sort();
  return places
    .filter((place) => {
      const [here = [], there = []] = [actual[place], expected[place]];
      const isNear = (row: string, at: number) =>
        areNear(JSON.parse(row), JSON.parse(there[at] ?? 'null'), tolerance);
      return here.length !== there.length || !here.every(isNear);
    })
    .map((place) => `${place}: ${String(actual[place])} for ${String(expected[place])}`)
    .join('\n');
}

function areNear(one: unknown, other: unknown, tolerance: number): boolean {
  if (typeof one === 'number') return Math.abs(one - Number(other)) <= tolerance;
  // Crop boxes are stored as JSON.
  if (typeof one === 'string' && one.startsWith('['))
    return areNear(JSON.parse(one), JSON.parse(String(other)), tolerance);
  if (typeof one !== 'object' || one === null) return one === other;
  const [mine, theirs] = [one as Row, (other ?? {}) as Row];
  const keys = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
  return keys.every((key) => areNear(mine[key], theirs[key], tolerance));
}

export function countRows(rows: Rows): number {
  return Object.values(rows).reduce((sum, { length }) => sum + length, 0);
}

function lasting(row: Row): Row {
  const lasting = Object.entries(row).filter(([column]) => !OF_THE_MOMENT.has(column));
  return withoutOrigin(Object.fromEntries(lasting));
}

/**
 * Of images with the same bytes the first one is computed and the others are found in the cache, or two
 * embedders compute them at once: which of it happens is chance.
 */
function withoutOrigin({
  outcome,
  embedded_count: computed,
  cached_count: cached,
  ...row
}: Row): Row {
  if (computed !== undefined) return { ...row, with_vector: Number(computed) + Number(cached) };
  if (outcome === undefined) return row;
  return { ...row, outcome: outcome === 'cached' ? 'computed' : outcome };
}
