import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBus } from '@cullstream/bus';
import { toSubject } from '@cullstream/contracts';
import { readRuns, Sqlite } from '@cullstream/store';
import { silentLog, startTestBroker } from '@cullstream/testing';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { pretendFailures } from './support/pretend-failures.js';
import { runInProcess } from './support/run-in-process.js';

const DONE_WITH_FAILURES = 1;

let folder: string;
let example: Example;
let data: string;

interface Entry {
  id: string;
  kind: string;
  project: string;
  entry: string;
  reason: string;
  attempts: number;
}

async function listDead(...more: string[]): Promise<Entry[]> {
  const result = await runInProcess(['dead', 'list', '--data', data, '--json', ...more]);
  expect(result.exitCode, result.stderr).toBe(0);
  return (JSON.parse(result.stdout) as { entries: Entry[] }).entries;
}

async function retry(...more: string[]): Promise<{ exitCode: number | null; repaired: number }> {
  const [, ...options] = toRunArgs(example, data);
  const result = await runInProcess(['dead', 'retry', ...options, '--json', ...more]);
  const { repaired } = JSON.parse(result.stdout) as { repaired: number };
  return { exitCode: result.exitCode, repaired };
}

function selectedIndexes(project: string): Record<string, number> {
  const path = join(data, 'training/ai_training_decisions', `${project}.db`);
  const database = new Sqlite(path, { readonly: true });
  const rows = database
    .prepare<[], { group_id: string; ai_selected_index: number }>('SELECT * FROM ai_decisions')
    .all();
  database.close();
  return Object.fromEntries(rows.map((row) => [row.group_id, row.ai_selected_index]));
}

const toDatabasePath = (project: string) =>
  join(data, 'training/ai_training_decisions', `${project}.db`);

function readRows(project: string): string[] {
  const database = new Sqlite(toDatabasePath(project), { readonly: true });
  const rows = database.prepare('SELECT * FROM predictions ORDER BY sequence').all();
  database.close();
  return rows.map((row) => JSON.stringify(row));
}

/** Stores bytes of no known shape among the images of a project's newest run. */
async function publishGarbage(project: string): Promise<void> {
  const run = readRuns(toDatabasePath(project), project).at(-1)?.run ?? '';
  const broker = await startTestBroker({
    env: process.env,
    storeDir: join(data, '.cullstream/broker'),
  });
  const bus = await connectBus({ ...broker, name: 'test', log: silentLog });
  await bus
    .publisher()
    .publish(toSubject('images', run, project), Buffer.from('garbage'), { id: 'garbage' });
  await bus.close();
  await broker.stop();
}

describe('dead letters', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-dead-'));
    example = await makeExample(folder, 5);
    data = join(folder, 'data');
    const run = await runInProcess(toRunArgs(example, data));
    expect(run.exitCode, run.stderr).toBe(DONE_WITH_FAILURES);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are listed in one place, by project and reason', async () => {
    const all = await listDead();
    expect(all.map(({ project, kind, attempts }) => [project, kind, attempts])).toEqual([
      ['first', 'image', 1],
      ['loose', 'image', 1],
      ['second', 'image', 1],
    ]);
    expect(await listDead('--project', 'loose')).toEqual([all[1]]);
    expect(await listDead('--reason', 'crc-mismatch')).toEqual([]);
  });

  it('are not tried again on a device that is not there', async () => {
    // CoreML exists on Macs only, DirectML on Windows only: no system offers both.
    const missing = process.platform === 'darwin' ? 'dml' : 'coreml';
    const [, ...options] = toRunArgs(example, data);
    const { exitCode, stderr } = await runInProcess([
      'dead',
      'retry',
      ...options,
      '--device',
      missing,
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: device \w+: onnxruntime \S+ does not offer it/m);
    expect(stderr).not.toContain('tried again');
  });

  it('are shown and exported with all that is known', async () => {
    const [entry] = await listDead('--project', 'loose');
    const shown = await runInProcess(['dead', 'show', entry?.id ?? '', '--data', data, '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      id: entry?.id,
      archive: 'loose',
      source: { kind: 'file', size: 60 },
    });
    const exported = await runInProcess(['dead', 'export', '--data', data]);
    expect(exported.stdout.trim().split('\n')).toHaveLength(3);
  });

  it('stay when they fail again', async () => {
    const result = await retry('--project', 'first');
    expect(result).toEqual({ exitCode: DONE_WITH_FAILURES, repaired: 0 });
    expect(await listDead('--project', 'first')).toHaveLength(1);
  });

  it('are gone once the file is replaced, and the group is decided with it', async () => {
    const [entry] = await listDead('--project', 'loose');
    const loose = join(example.originals, 'loose');
    const sound = readdirSync(loose).find((name) => name.endsWith('stage2_upscaled.png'));
    copyFileSync(join(loose, sound ?? ''), join(loose, entry?.entry ?? ''));
    const before = selectedIndexes('loose');
    expect(await retry('--project', 'loose')).toEqual({ exitCode: 0, repaired: 1 });
    expect(await listDead('--project', 'loose')).toEqual([]);
    expect(Object.keys(selectedIndexes('loose'))).toEqual(Object.keys(before));
    const given = ['--data', data, '--originals', example.originals];
    const verified = await runInProcess(['verify', ...given]);
    expect(verified.exitCode, verified.stdout).toBe(0);
  });

  it('leave the others alone', async () => {
    expect((await listDead()).map(({ project }) => project)).toEqual(['first', 'second']);
  });

  it('are repaired within their run when the fault has passed', async () => {
    const sound = readRows('second');
    pretendFailures(toDatabasePath('second'), 1);
    const [entry] = await listDead('--reason', 'file-missing');
    expect(await retry(entry?.id ?? '')).toEqual({ exitCode: 0, repaired: 1 });
    expect(await listDead('--reason', 'file-missing')).toEqual([]);
    expect(readRows('second')).toEqual(sound);
  });

  it('hold messages that nobody can read, until they can be read', async () => {
    await publishGarbage('first');
    await retry('--project', 'first');
    const [letter] = await listDead('--reason', 'malformed-event');
    expect(letter).toMatchObject({ kind: 'message', project: 'first' });
    expect(await retry(letter?.id ?? '')).toEqual({ exitCode: DONE_WITH_FAILURES, repaired: 0 });
    const again = await listDead('--reason', 'malformed-event');
    expect(again).toHaveLength(1);
    expect(again[0]?.id).not.toBe(letter?.id);
  });
});
