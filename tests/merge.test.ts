import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sqlite } from '@cullstream/store';
import { hashTree } from './support/hash-tree.js';
import { runInProcess } from './support/run-in-process.js';
import { copySamples, toArgs, type SamplesCopy } from './support/samples.js';

const DONE_WITH_FAILURES = 1;

interface MergeDocument {
  applied: boolean;
  undone: boolean;
  projects: {
    project: string;
    state: string;
    message?: string;
    backup?: string | null;
    counts: Record<'added' | 'filled' | 'left' | 'compared' | 'refused', number>;
    filled: { groupId: string; columns: string[] }[];
    compared: { groupId: string; column: string; match: boolean }[];
    refused: { groupId: string; message: string }[];
  }[];
}

type Row = Record<string, string | number | null>;

describe('merge into a database of the user', () => {
  let copy: SamplesCopy;
  let target: string;
  let rowsBefore: Row[];
  let digestBefore: string;
  let bytesBefore: Buffer;

  function readRows(): Row[] {
    const database = new Sqlite(target, { readonly: true });
    try {
      return database.prepare<[], Row>('SELECT rowid, * FROM ai_decisions ORDER BY rowid').all();
    } finally {
      database.close();
    }
  }

  const digestRows = () => createHash('sha256').update(JSON.stringify(readRows())).digest('hex');

  async function merge(...options: string[]): Promise<MergeDocument> {
    const result = await runInProcess(['merge', '--data', copy.data, '--json', ...options]);
    expect(result.exitCode, result.stderr).toBe(0);
    return JSON.parse(result.stdout) as MergeDocument;
  }

  beforeAll(async () => {
    copy = copySamples();
    target = join(copy.data, 'training/ai_training_decisions/Kiara_Slender.db');
    rowsBefore = readRows();
    digestBefore = digestRows();
    bytesBefore = readFileSync(target);
    const run = await runInProcess(['run', ...toArgs(copy)]);
    expect(run.exitCode, run.stderr).toBe(DONE_WITH_FAILURES);
  });

  afterAll(() => rmSync(dirname(copy.data), { recursive: true, force: true }));

  it('changes no byte anywhere until it is told to', async () => {
    const before = hashTree(copy.data);
    const { applied, projects } = await merge();
    expect(applied).toBe(false);
    expect(projects.map(({ project, state }) => [project, state])).toEqual([
      ['Kiara_Slender', 'planned'],
    ]);
    expect(projects[0]?.counts.filled).toBeGreaterThan(0);
    expect(hashTree(copy.data)).toEqual(before);
    expect(readFileSync(target)).toEqual(bytesBefore);
  });

  it('says for people what it would do, with examples', async () => {
    const { projects } = await merge();
    const { stdout, exitCode } = await runInProcess(['merge', '--data', copy.data]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`fill: ${projects[0]?.filled[0]?.groupId ?? ''}`);
    expect(stdout).toContain('nothing was written; --apply does it, after a backup');
  });

  it('refuses unknown projects, and both --apply and --undo', async () => {
    for (const flag of ['--project', '--only']) {
      const unknown = await runInProcess(['merge', '--data', copy.data, flag, 'dalia']);
      expect([unknown.exitCode, unknown.stderr]).toEqual([
        2,
        `error: ${flag}: "dalia" has no staged predictions beside a database; there are: Kiara_Slender`,
      ]);
    }
    const both = await runInProcess(['merge', '--data', copy.data, '--apply', '--undo']);
    expect(both.exitCode).toBe(2);
  });

  it('applied, does what it said: fills what was NULL and changes nothing else', async () => {
    const [planned] = (await merge()).projects;
    const [merged] = (await merge('--apply', '--only', 'Kiara_Slender')).projects;
    expect(merged).toMatchObject({ state: 'merged', counts: planned?.counts });
    const rowsAfter = readRows();
    expect(rowsAfter).toHaveLength(rowsBefore.length + (planned?.counts.added ?? 0));
    const filled = new Set(
      [...(merged?.filled ?? [])].flatMap(({ groupId, columns }) =>
        columns.map((column) => `${groupId} ${column}`),
      ),
    );
    for (const { groupId, column } of merged?.compared ?? []) filled.add(`${groupId} ${column}`);
    const changed = rowsBefore.flatMap((row, index) =>
      Object.keys(row)
        .filter((column) => row[column] !== rowsAfter[index]?.[column])
        .map((column) => {
          expect(row[column]).toBeNull();
          return `${row['group_id']} ${column}`;
        }),
    );
    expect(new Set(changed)).toEqual(filled);
  });

  it('applied again, changes nothing and makes no second backup', async () => {
    const digest = digestRows();
    const [again] = (await merge('--apply')).projects;
    expect(again).toMatchObject({
      state: 'merged',
      backup: null,
      counts: { added: 0, filled: 0, compared: 0 },
    });
    expect(digestRows()).toBe(digest);
  });

  it('undone, gives back every byte as it was', async () => {
    expect(digestRows()).not.toBe(digestBefore);
    const { undone, projects } = await merge('--undo');
    expect(undone).toBe(true);
    expect(projects).toMatchObject([{ state: 'undone', restored: 'bytes' }]);
    expect(readFileSync(target)).toEqual(bytesBefore);
    expect((await merge('--undo')).projects).toEqual([]);
  });

  it('goes on with the others when one fails, and exits with 1', async () => {
    await merge('--apply');
    const database = new Sqlite(target);
    database.exec("UPDATE ai_decisions SET directory = 'elsewhere'");
    database.close();
    const result = await runInProcess(['merge', '--data', copy.data, '--undo', '--json']);
    expect(result.exitCode).toBe(1);
    const [failed] = (JSON.parse(result.stdout) as MergeDocument).projects;
    expect(failed?.state).toBe('failed');
    expect(failed?.message).toMatch(/has changed since the merge, and undoing would lose that/);
  });
});

describe('merge without anything staged', () => {
  it('says so, and makes no folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cullstream-merge-'));
    const empty = await runInProcess(['merge', '--data', folder]);
    expect([empty.exitCode, empty.stdout]).toEqual([
      0,
      'nothing is staged beside a database of yours',
    ]);
    expect(Object.keys(hashTree(folder))).toEqual([]);
    expect((await runInProcess(['merge', '--data', join(folder, 'none')])).exitCode).toBe(2);
    rmSync(folder, { recursive: true });
  });
});
