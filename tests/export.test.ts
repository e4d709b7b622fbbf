import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sqlite } from '@cullstream/store';
import { makeExample, toRunArgs } from './support/example.js';
import { runInProcess } from './support/run-in-process.js';

const DONE_WITH_FAILURES = 1;
const GROUPS = 5;
const IMAGES = 15;
const DATABASES = 'training/ai_training_decisions';

type Row = Record<string, unknown>;

const runExport = (data: string, ...options: string[]) =>
  runInProcess(['export', '--data', data, ...options]);

describe('export', () => {
  let folder: string;
  let data: string;
  let decisions: Row[];

  async function exportFirst(...options: string[]): Promise<string> {
    const result = await runInProcess(['export', '--data', data, '--project', 'first', ...options]);
    expect(result.exitCode, result.stderr).toBe(0);
    return result.stdout;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-export-'));
    data = join(folder, 'data');
    const example = await makeExample(folder, GROUPS);
    const run = await runInProcess([...toRunArgs(example, data), '--only', 'first,second']);
    expect(run.exitCode, run.stderr).toBe(DONE_WITH_FAILURES);
    const path = join(data, DATABASES, 'first.db');
    const database = new Sqlite(path);
    database.exec(
      `UPDATE ai_decisions SET directory = 'a, "b"' WHERE group_id = 'first_group_20250701_000000'`,
    );
    decisions = database.prepare<[], Row>('SELECT * FROM ai_decisions ORDER BY group_id').all();
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
    expect(told).toBe(`5 rows of 1 project written to ${file}`);
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

  it('gives all projects when none is named, group after group', async () => {
    const { exitCode, stdout } = await runExport(data, '--json');
    expect(exitCode).toBe(0);
    const { rows } = JSON.parse(stdout) as { rows: Row[] };
    const groups = rows.map((row) => row['group_id']);
    expect(groups).toHaveLength(2 * GROUPS);
    // Their ids end with the time of their first image.
    expect(groups).toEqual(groups.toSorted());
    const named = await runExport(data, '--json', '--project', 'second,first');
    expect(
      (JSON.parse(named.stdout) as { rows: Row[] }).rows.map((row) => row['project_id']),
    ).toEqual([...Array<string>(GROUPS).fill('second'), ...Array<string>(GROUPS).fill('first')]);
  });

  it("gives groups of the user's database in the order of its rows, then new ones", async () => {
    const other = join(folder, 'user');
    cpSync(data, other, { recursive: true });
    const ours = join(other, DATABASES, 'first.db');
    cpSync(ours, join(other, DATABASES, 'first_ai_predictions_temp.db'));
    rmSync(ours);
    const database = new Sqlite(ours);
    database.exec('CREATE TABLE ai_decisions (group_id TEXT PRIMARY KEY, images TEXT)');
    const ids = decisions.map((row) => row['group_id']);
    const theirs = [ids[3], ids[1]];
    for (const id of theirs)
      database.prepare('INSERT INTO ai_decisions VALUES (?, ?)').run(id, '[]');
    database.close();
    const { stdout } = await runExport(other, '--project', 'first', '--json');
    const { rows } = JSON.parse(stdout) as { rows: Row[] };
    expect(rows.map((row) => row['group_id'])).toEqual([...theirs, ids[0], ids[2], ids[4]]);
  });

  it('names a damaged database, exports the others and exits with 1', async () => {
    const other = join(folder, 'damaged');
    cpSync(data, other, { recursive: true });
    truncateSync(join(other, DATABASES, 'first.db'), 5_000);
    const result = await runInProcess(['export', '--data', other, '--format', 'jsonl']);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/^error: first is left out: .*first\.db.*damaged/);
    expect(result.stdout.trimEnd().split('\n')).toHaveLength(GROUPS);
    const file = join(folder, 'damaged.csv');
    const alone = await runExport(other, '--project', 'first', '--out', file);
    expect([alone.exitCode, existsSync(file)]).toEqual([2, false]);
  });

  it('names the projects there are when asked for another', async () => {
    const result = await runInProcess(['export', '--data', data, '--project', 'none']);
    expect([result.exitCode, result.stderr]).toEqual([
      2,
      'error: --project: "none" has no database; there are: first, second',
    ]);
  });
});
