import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sqlite } from '@cullstream/store';

/**
 * SHA-256 of a database file that contains only a copy of the table `ai_decisions` of another one:
 * the same rows in the same order with the same types give the same bytes.
 */
export function digestDecisions(path: string): string {
  const target = new Sqlite(':memory:');
  const source = new Sqlite(path, { readonly: true });
  try {
    const schema = source
      .prepare<[], string>("SELECT sql FROM sqlite_schema WHERE name = 'ai_decisions'")
      .pluck()
      .get();
    target.exec(schema ?? '');
    const rows = source.prepare<[], unknown[]>('SELECT rowid, * FROM ai_decisions').raw().all();
    const columns = source.prepare('SELECT * FROM ai_decisions').columns();
    const names = ['rowid', ...columns.map(({ name }) => name)];
    const insert = target.prepare(
      `INSERT INTO ai_decisions (${names.join()}) VALUES (${names.map(() => '?').join()})`,
    );
    target.transaction(() => rows.forEach((row) => insert.run(...row)))();
    return createHash('sha256').update(target.serialize()).digest('hex');
  } finally {
    source.close();
    target.close();
  }
}

/** SHA-256 of a database as SQLite writes it anew: every table, index and view, without free space. */
export function digestDatabase(path: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'cullstream-bytes-'));
  const source = new Sqlite(path, { readonly: true });
  try {
    const copy = join(folder, 'copy.db');
    source.prepare('VACUUM INTO ?').run(copy);
    return createHash('sha256').update(readFileSync(copy)).digest('hex');
  } finally {
    source.close();
    rmSync(folder, { recursive: true });
  }
}
