import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DATABASE_FOLDER } from '../database-location.js';
import { Sqlite } from '../sqlite.js';

/** A data folder that is gone when the test's scope ends (`using`). */
export interface TemporaryData extends Disposable {
  readonly dataDir: string;
  /** Path of a file in the folder of databases, which exists. */
  toPath(name: string): string;
  /** Names in the folder of databases. */
  names(): string[];
}

export function createTemporaryData(): TemporaryData {
  const dataDir = mkdtempSync(join(tmpdir(), 'cullstream-store-'));
  const folder = join(dataDir, ...DATABASE_FOLDER);
  mkdirSync(folder, { recursive: true });
  return {
    dataDir,
    toPath: (name) => join(folder, name),
    names: () => readdirSync(folder).sort(),
    [Symbol.dispose]: () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

/** Writes a database as another tool would: its own schema, no application id. */
export function createForeignDatabase(path: string, ...statements: readonly string[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const sqlite = new Sqlite(path);
  for (const statement of statements) sqlite.exec(statement);
  sqlite.close();
}

/** Everything about a file that must not change when somebody reads it. */
export function readFileTrace(path: string): object {
  const { size, mtimeNs } = statSync(path, { bigint: true });
  return { size, mtimeNs, sha256: readSha256(path), folder: readdirSync(dirname(path)).sort() };
}

/** Of a file's bytes, hexadecimal. */
export function readSha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** All rows of the named tables, ordered, with chosen columns left out. */
export function dumpTables(
  path: string,
  tables: readonly string[],
  without: readonly string[] = [],
): Record<string, unknown[]> {
  const sqlite = new Sqlite(path, { readonly: true });
  try {
    return Object.fromEntries(
      tables.map((table) => {
        const rows = sqlite.prepare<[], Record<string, unknown>>(`SELECT * FROM ${table}`).all();
        const kept = rows.map((row) =>
          Object.fromEntries(Object.entries(row).filter(([column]) => !without.includes(column))),
        );
        return [table, kept.map((row) => JSON.stringify(row)).sort()];
      }),
    );
  } finally {
    sqlite.close();
  }
}
