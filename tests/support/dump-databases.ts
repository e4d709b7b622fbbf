import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Sqlite } from '@cullstream/store';

/** Columns with a time or a run id: they differ between any two runs. */
const OF_THE_MOMENT = new Set([
  'run',
  'timestamp',
  'started_at',
  'completed_at',
  'first_used_at',
  'decided_at',
]);

type Row = Record<string, unknown>;

/** Every row of every table of every project database, as text, in a fixed order. */
export function dumpDatabases(dataDir: string): Record<string, string[]> {
  return dumpRows(dataDir, lasting);
}

/**
 * As {@link dumpDatabases}, without the rows of earlier runs and catalogues and without the origin of the
 * embeddings (computed or cached), because a cancelled run leaves its own rows and embeddings.
 */
export function dumpLastRun(dataDir: string): Record<string, string[]> {
  return dumpRows(dataDir, (row, last) => {
    const isEarlier = ['run', 'catalogue'].some((key) => key in row && row[key] !== last[key]);
    return isEarlier ? undefined : lasting(withoutOrigin(row));
  });
}

function dumpRows(
  dataDir: string,
  toKept: (row: Row, last: Row) => Row | undefined,
): Record<string, string[]> {
  const folder = join(dataDir, 'training/ai_training_decisions');
  const dump: Record<string, string[]> = {};
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.db'))
    .sort()) {
    const database = new Sqlite(join(folder, file), { readonly: true });
    const tables = database
      .prepare<[], { name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'kysely%'",
      )
      .all();
    const last = tables.some(({ name }) => name === 'runs')
      ? database.prepare<[], Row>('SELECT * FROM runs ORDER BY run DESC').get()
      : undefined;
    for (const { name } of tables) {
      const rows = database.prepare<[], Row>(`SELECT * FROM "${name}"`).all();
      dump[`${file}/${name}`] = rows
        .flatMap((row) => toKept(row, last ?? {}) ?? [])
        .map((row) => JSON.stringify(row))
        .sort();
    }
    database.close();
  }
  return dump;
}

function lasting(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([column]) => !OF_THE_MOMENT.has(column)));
}

function withoutOrigin(row: Row): Row {
  const { cached_count: cached, embedded_count: embedded, outcome, ...rest } = row;
  return {
    ...rest,
    ...('cached_count' in row && { present_count: Number(cached) + Number(embedded) }),
    ...('outcome' in row && { outcome: outcome === 'cached' ? 'computed' : outcome }),
  };
}
