import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sqlite } from '@cullstream/store';
import { dumpDatabases } from './support/dump-databases.js';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { runCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const DONE_WITH_FAILURES = 1;
const NPY_HEADER_BYTES = 128;

interface VerifyDocument {
  complete: boolean;
  gaps: string[];
  projects: {
    project: string;
    vectorsChecked: number;
    comparison?: { compared: number; leastCosine: number };
  }[];
  repair?: { end: string; requeued: number };
}

describe('verify', () => {
  let folder: string;
  let data: string;
  let example: Example;
  let undamaged: Record<string, string[]>;

  async function verify(...options: string[]): Promise<[number | null, VerifyDocument]> {
    const [, ...given] = toRunArgs(example, data);
    const verify = ['verify', ...given, '--json', ...options];
    // A repair starts services, here as the built command does.
    const result = await (options.includes('--repair') ? runCli(verify) : runInProcess(verify));
    if (result.stdout === '') throw new Error(result.stderr);
    return [result.exitCode, JSON.parse(result.stdout) as VerifyDocument];
  }

  function change(project: string, sql: string): void {
    const path = join(data, 'training/ai_training_decisions', `${project}.db`);
    const database = new Sqlite(path);
    database.exec(sql);
    database.close();
  }

  /** A database as it was before the last group's three images were stored. */
  function forgetLastGroup(project: string): void {
    change(
      project,
      `DELETE FROM group_decisions WHERE group_id IN
         (SELECT group_id FROM images WHERE sequence >= 12);
       DELETE FROM predictions WHERE sequence >= 12;
       DELETE FROM images WHERE sequence >= 12`,
    );
  }

  function vectors(): string[] {
    const embeddings = join(data, 'ai_data/embeddings');
    return readdirSync(embeddings)
      .filter((name) => name.endsWith('.npy'))
      .map((name) => join(embeddings, name));
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-verify-'));
    data = join(folder, 'data');
    example = await makeExample(folder, 5);
    const run = await runInProcess(toRunArgs(example, data));
    expect(run.exitCode, run.stderr).toBe(DONE_WITH_FAILURES);
    undamaged = dumpDatabases(data);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('checks a sample of the vectors, and embeds images anew to compare', async () => {
    const [exitCode, { complete, projects }] = await verify('--sample', '4', '--full', '3');
    expect([exitCode, complete]).toEqual([0, true]);
    for (const { vectorsChecked, comparison } of projects) {
      expect([vectorsChecked, comparison?.compared]).toEqual([4, 3]);
      expect(comparison?.leastCosine).toBeGreaterThan(0.9999);
    }
  });

  it('names rows that are not of the run, and a stream that ends elsewhere', async () => {
    const damage = (table: string, column: string, where: string) => {
      const path = join(data, 'training/ai_training_decisions/second.db');
      const database = new Sqlite(path);
      const before = database.prepare<[], string>(`SELECT ${column} FROM ${table} ${where}`);
      const value = before.pluck().get() ?? '';
      database.exec(`UPDATE ${table} SET ${column} = 'another' ${where}`);
      database.close();
      return () => change('second', `UPDATE ${table} SET ${column} = '${value}' ${where}`);
    };
    const restore = [
      damage('predictions', 'embedding_recipe', 'WHERE sequence = 3'),
      damage('ai_decisions', 'prediction_recipe', 'WHERE rowid = 1'),
    ];
    change('first', 'UPDATE runs SET image_count = image_count + 1');
    const [exitCode, { gaps }] = await verify();
    expect(exitCode).toBe(1);
    const text = gaps.join('\n');
    expect(text).toContain('second: rows of other embedding recipes: another');
    expect(text).toMatch(/second: decisions of a recipe that no run used: second_group_\S+$/m);
    expect(text).toContain('first: the stream ends at image 15 of 16');
    expect(text).toContain('first: EMBEDDINGS holds 15 events for 16 images');
    for (const undo of restore) undo();
    change('first', 'UPDATE runs SET image_count = image_count - 1');
    expect(dumpDatabases(data)).toEqual(undamaged);
  });

  it('says whose a database is that was copied under the name of another project', async () => {
    const path = join(data, 'training/ai_training_decisions/second.db');
    const own = readFileSync(path);
    copyFileSync(join(data, 'training/ai_training_decisions/first.db'), path);
    const [exitCode, { gaps }] = await verify();
    // A run takes it up no more than that: it would mix what is of two projects.
    const planned = await runInProcess(['plan', ...toRunArgs(example, data).slice(1), '--json']);
    writeFileSync(path, own);
    expect(exitCode).toBe(1);
    const note =
      'its database is of project "first": it was copied or renamed; move the file away ' +
      'and put back the right one, or let `cullstream run` make it anew from the cache';
    expect(gaps.filter((gap) => gap.startsWith('second: '))).toEqual([`second: ${note}`]);
    expect(planned.exitCode).toBe(1);
    expect(JSON.parse(planned.stdout)).toMatchObject({
      projects: expect.arrayContaining([expect.objectContaining({ project: 'second', note })]),
    });
  });

  it('names every gap', async () => {
    const [missing = '', cut = '', infinite = ''] = vectors();
    rmSync(missing);
    truncateSync(cut, 1_000);
    const file = openSync(infinite, 'r+');
    writeSync(file, Float32Array.of(Number.NaN), 0, 4, NPY_HEADER_BYTES);
    closeSync(file);
    forgetLastGroup('loose');
    const toGroupCondition = (sequence: number) =>
      `WHERE group_id IN (SELECT group_id FROM images WHERE sequence = ${sequence})`;
    change('second', `DELETE FROM ai_decisions ${toGroupCondition(14)}`);
    change('second', `DELETE FROM group_decisions ${toGroupCondition(0)}`);
    change('second', 'DELETE FROM images WHERE sequence = 7');
    const [exitCode, { gaps }] = await verify();
    expect(exitCode).toBe(1);
    const text = gaps.join('\n');
    expect(text).toContain('loose: 3 of 15 images without a row; positions 12-14');
    expect(text).toContain('loose: 1 of 5 groups neither decided nor failed');
    expect(text).toMatch(/second: decided without a row in ai_decisions: second_group_\S+$/m);
    expect(text).toContain('second: 1 of 5 groups neither decided nor failed');
    expect(text).toMatch(/second: undecided: second_group_\S+$/m);
    expect(text).toContain('second: 1 of 15 images without a row; positions 7');
    const badVectors = [...text.matchAll(/(\d) cached vectors? missing or damaged/g)];
    expect(badVectors.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(3);
  });

  it('--repair refuses other models than those of the run', async () => {
    const [, ...given] = toRunArgs(example, data);
    const other = ['--repair', '--features', 'legacy-batch'];
    const result = await runInProcess(['verify', ...given, ...other]);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('used other models or features');
  });

  it('--repair sends only the gap through the stages again, and the rows are as before', async () => {
    const [exitCode, { complete, repair }] = await verify('--repair');
    expect([exitCode, complete, repair?.end, repair?.requeued]).toEqual([0, true, 'done', 9]);
    expect(dumpDatabases(data)).toEqual(undamaged);
  });

  it('--repair takes the images from the originals where no stream holds them any more', async () => {
    rmSync(join(data, '.cullstream'), { recursive: true });
    forgetLastGroup('first');
    const [exitCode, { repair }] = await verify('--repair');
    expect([exitCode, repair?.requeued]).toEqual([0, 3]);
    expect(dumpDatabases(data)).toEqual(undamaged);
  });

  it('explains stale output when the source has changed', async () => {
    rmSync(
      join(example.originals, 'loose', readdirSync(join(example.originals, 'loose'))[0] ?? ''),
    );
    const [exitCode, { gaps }] = await verify();
    expect(exitCode).toBe(1);
    expect(gaps).toEqual([
      expect.stringContaining(
        'loose: the output is stale: the source holds other images or groups',
      ),
    ]);
  });

  it('leaves it to validate to name the rows whose images no source holds', async () => {
    const given = ['validate', '--data', data, '--originals', example.originals];
    const result = await runInProcess(given);
    expect([result.exitCode, result.stderr]).toEqual([1, '']);
    expect(result.stdout).toMatch(
      /warning: loose.db loose_group_\S+: \S+.png is not in the source \(unknown-image\)/,
    );
    expect(result.stdout).toContain('confidence of loose.db, 0 to 1: ');
  });
});
