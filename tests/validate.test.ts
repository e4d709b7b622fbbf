import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sqlite } from '@cullstream/store';
import { hashTree } from './support/hash-tree.js';
import { runCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const EXIT = { sound: 0, warnings: 1, errors: 2 } as const;
const PAGE_BYTES = 4096;
const ROWS = 500;

interface ValidateDocument {
  databases: {
    path: string;
    findings: { severity: string; check: string }[];
    statistics: { rows: number };
  }[];
  errors: number;
  warnings: number;
}

describe('validate', () => {
  let folder: string;
  const toPath = (name: string) => join(folder, `${name}.db`);

  function createDatabase(name: string): void {
    const database = new Sqlite(toPath(name));
    database.exec(
      `CREATE TABLE ai_decisions (group_id TEXT PRIMARY KEY, project_id TEXT, images TEXT,
         ai_selected_index INTEGER, ai_crop_coords TEXT, ai_confidence REAL);
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
         INSERT INTO ai_decisions SELECT 'g' || i, 'p', '["' || i || '.png"]', 0, NULL, 1.0 FROM n`,
    );
    database.close();
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-validate-'));
    for (const name of ['corrupt', 'locked', 'sound']) createDatabase(name);
    const file = openSync(toPath('corrupt'), 'r+');
    writeSync(file, Buffer.alloc(PAGE_BYTES, 0x5a), 0, PAGE_BYTES, 4 * PAGE_BYTES);
    closeSync(file);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('ends with 0 over a sound database', async () => {
    const { exitCode, stdout, stderr } = await runCli(['validate', toPath('sound')]);
    expect([exitCode, stderr]).toEqual([EXIT.sound, '']);
    expect(stdout).toMatch(/0 errors, 0 warnings\n$/);
  });

  it('ends with 1 over one that another program has locked, and checks what was committed', async () => {
    const other = new Sqlite(toPath('locked'));
    other.exec('BEGIN EXCLUSIVE; DELETE FROM ai_decisions');
    const { exitCode, stdout } = await runInProcess(['validate', toPath('locked')]);
    other.exec('ROLLBACK');
    other.close();
    expect(exitCode).toBe(EXIT.warnings);
    expect(stdout).toMatch(/locked\.db │ others +│ +500 │/);
    expect(stdout).toContain('warning: locked.db: another program has it locked;');
  });

  it('says what to do where a data folder has no databases yet', async () => {
    const { exitCode, stderr } = await runInProcess(['validate', '--data', join(folder, 'new')]);
    expect(exitCode).toBe(EXIT.errors);
    expect(stderr).toContain(`${join(folder, 'new')} has no databases yet: \`cullstream run\``);
  });

  it('ends with 2 over a corrupt one, names the damage, checks the others, changes none', async () => {
    const before = hashTree(folder);
    const { exitCode, stdout } = await runInProcess(['validate', '--json', folder]);
    expect(exitCode).toBe(EXIT.errors);
    const { databases, errors, warnings } = JSON.parse(stdout) as ValidateDocument;
    const [corrupt, ...others] = databases;
    expect([corrupt?.path, errors > 0, warnings]).toEqual([toPath('corrupt'), true, 0]);
    expect(new Set(corrupt?.findings.map(({ check }) => check))).toEqual(new Set(['integrity']));
    expect(others.map(({ findings, statistics }) => [findings, statistics.rows])).toEqual([
      [[], ROWS],
      [[], ROWS],
    ]);
    expect(hashTree(folder)).toEqual(before);
  });
});
