import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sqlite } from '@cullstream/store';
import { makeExample, toRunArgs } from './support/example.js';
import { runCli } from './support/run-cli.js';

const DONE_WITH_FAILURES = 1;
const GROUPS = 5;
const IMAGES = 15;

type Row = Record<string, unknown>;

describe('export', () => {
  let folder: string;
  let data: string;
  let decisions: Row[];

  async function exportFirst(...options: string[]): Promise<string> {
    const result = await runCli(['export', '--data', data, '--project', 'first', ...options]);
    expect(result.exitCode, result.stderr).toBe(0);
    return result.stdout;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-export-'));
    data = join(folder, 'data');
    const example = await makeExample(folder, GROUPS);
    const run = await runCli([...toRunArgs(example, data), '--only', 'first']);
    expect(run.exitCode, run.stderr).toBe(DONE_WITH_FAILURES);
    const path = join(data, 'training/ai_training_decisions/first.db');
    const database = new Sqlite(path);
    database.exec(`UPDATE ai_decisions SET directory = 'a, "b"' WHERE rowid = 1`);
    decisions = database.prepare<[], Row>('SELECT * FROM ai_decisions ORDER BY rowid').all();
    database.close();
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives one row a decision as JSON lines, with the score of every image and the recipe', async () => {
    const lines = (await exportFirst('--format', 'jsonl')).trimEnd().split('\n');
    const rows = lines.map((line) => JSON.parse(line) as Row);
    expect(rows.map((row) => [row['group_id'], row['ai_selected_index']])).toEqual(
      decisions.map((row) => [row['group_id'], row['ai_selected_index']]),
    );
    for (const row of rows) {
      const scores = (row['scores'] as (number | null)[]).filter((score) => score !== null);
      expect(row['score']).toBe(Math.max(...scores));
      expect(row).toMatchObject({ embedder: expect.any(String), ranker_features: 'raw/2048' });
    }
    // One group has a damaged image: it has no score and is not left out.
    const damaged = rows.find((row) => row['group_id'] === 'first_group_20250701_000009');
    expect(damaged?.['scores']).toEqual([expect.any(Number), null, expect.any(Number)]);
  });

  it('gives the same as CSV, with quotes where they are needed', async () => {
    const lines = (await exportFirst()).trimEnd().split('\n');
    expect(lines).toHaveLength(GROUPS + 1);
    expect(lines[0]).toMatch(/^project_id,group_id,timestamp,directory,images,group_size,/);
    expect(lines[1]).toContain('"a, ""b"""');
  });

  it('gives the same as parquet, in a file', async () => {
    const file = join(folder, 'first.parquet');
    const told = await exportFirst('--format', 'parquet', '--out', file);
    expect(told).toBe(`5 rows written to ${file}\n`);
    const rows: Record<string, unknown>[] = await parquetReadObjects({
      file: await asyncBufferFromFile(file),
    });
    expect(rows.map((row) => [row['group_id'], row['ai_confidence'], row['images']])).toEqual(
      decisions.map((row) => [row['group_id'], row['ai_confidence'], row['images']]),
    );
  });

  it('gives one row an image, failed ones too', async () => {
    const file = join(folder, 'images.jsonl');
    await exportFirst('--rows', 'images', '--format', 'jsonl', '--out', file);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const rows = lines.map((line) => JSON.parse(line) as Row);
    expect(rows).toHaveLength(IMAGES);
    expect(rows.filter((row) => row['selected'] === true)).toHaveLength(GROUPS);
    expect(rows.filter((row) => row['outcome'] === 'failed')).toMatchObject([
      { score: null, reason: 'image-truncated' },
    ]);
  });

  it('names the projects there are when asked for another', async () => {
    const result = await runCli(['export', '--data', data, '--project', 'none']);
    expect([result.exitCode, result.stderr]).toEqual([
      2,
      'error: --project: "none" has no database; there are: first\n',
    ]);
  });
});
