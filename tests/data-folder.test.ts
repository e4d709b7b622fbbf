import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sqlite } from '@cullstream/store';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { hashTree } from './support/hash-tree.js';
import { runInProcess, type InProcessResult } from './support/run-in-process.js';

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
let folder: string;
let data: string;
let inventory: string;
let example: Example;

const memory = () => join(data, '.cullstream', 'projects.json');
const toDatabasePath = (project: string) =>
  join(data, 'training/ai_training_decisions', `${project}.db`);

/** A command over the originals, wherever they are, into the data folder. */
function command(name: string, ...more: readonly string[]): Promise<InProcessResult> {
  return runInProcess([name, ...toRunArgs(example, data).slice(1), ...more]);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-data-'));
  data = join(folder, 'data');
  inventory = join(folder, 'inventory.yaml');
  example = await makeExample(folder, 2);
  writeFileSync(
    inventory,
    '- { project: spring, source: first.zip }\n- { project: summer, source: loose }\n' +
      '- { project: winter, source: second.zip, status: done }\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

it('leaves no run behind where a port is refused', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const refused = await command('run', '--health-port', String(port));
  server.close();
  expect(refused.exitCode).toBe(EXIT.usage);
  expect(refused.stderr).toContain(`port ${port} of 127.0.0.1 is taken by another program`);
  const { stdout } = await runInProcess(['status', '--data', data]);
  expect(stdout).toContain('no run has worked in');
});

it('says of what an inventory calls done whether it is', async () => {
  const run = await command('run', '--inventory', inventory);
  expect(run.exitCode, run.stderr).toBe(EXIT.failed);
  const problem = `the inventory says done, but ${data} has no database of it`;
  expect(run.stdout).toContain(`winter: ${problem}`);
  const args = ['verify', '--data', data, '--inventory', inventory];
  const verified = await runInProcess(args);
  expect([verified.exitCode, verified.stdout]).toEqual([
    EXIT.failed,
    expect.stringContaining(`winter: ${problem}`),
  ]);
  expect((await command('run', '--inventory', inventory, '--only', 'winter')).exitCode).toBe(
    EXIT.ok,
  );
  expect((await runInProcess(args)).exitCode).toBe(EXIT.ok);
  const plan = await command('plan', '--inventory', inventory, '--json');
  const { projects } = JSON.parse(plan.stdout) as { projects: object[] };
  expect(projects).toContainEqual(
    expect.objectContaining({ project: 'winter', state: 'done', images: 6, groups: 2 }),
  );
});

it('refuses other names for its sources, and writes nothing', async () => {
  const before = hashTree(data);
  const forgotten = await command('run');
  expect(forgotten.exitCode).toBe(EXIT.usage);
  expect(forgotten.stderr).toContain('first.zip is project "spring"');
  expect(forgotten.stderr).toContain(`--inventory ${inventory}`);
  expect(forgotten.stderr).toContain('cullstream forget "spring"');
  // What a damaged memory said is in the databases.
  writeFileSync(memory(), readFileSync(memory(), 'utf8').slice(0, 40));
  expect((await command('run')).stderr).toContain('first.zip is project "spring"');
  rmSync(memory());
  expect((await command('plan')).stderr).toContain('first.zip is project "spring"');
  expect((await command('run', '--inventory', inventory)).exitCode).toBe(EXIT.ok);
  writeFileSync(memory(), JSON.stringify({ v: 2 }));
  expect((await command('plan')).stderr).toContain('a newer version has written it');
  rmSync(memory());
  const after = hashTree(data);
  delete before['.cullstream/projects.json'];
  expect(after).toEqual(before);
});

it('finds its projects where the originals have moved to, and misses one that is gone', async () => {
  const moved = join(folder, 'elsewhere');
  renameSync(example.originals, moved);
  mkdirSync(example.originals);
  const unplugged = await command('run', '--inventory', inventory);
  expect([unplugged.exitCode, unplugged.stderr]).toEqual([
    EXIT.usage,
    expect.stringContaining('is the disk connected?'),
  ]);
  example = { ...example, originals: moved };
  // One that was let go of, and is there after all, counts again.
  await runInProcess(['forget', 'summer', '--data', data]);
  expect((await command('run', '--inventory', inventory)).exitCode).toBe(EXIT.ok);
  rmSync(join(moved, 'loose'), { recursive: true });
  for (const name of ['plan', 'run', 'verify']) {
    const missed = await command(name, '--inventory', inventory);
    expect([name, missed.exitCode, missed.stdout]).toEqual([
      name,
      EXIT.failed,
      expect.stringContaining('summer: loose is not there; is its disk connected?'),
    ]);
  }
});

it('never writes where its originals are, whatever the command is told of them', async () => {
  const before = hashTree(example.originals);
  const archive = join(example.originals, 'first.zip');
  for (const [named, ...words] of [
    ['--out', 'export', '--out'],
    ['file', 'dead', 'export'],
    ['--html', 'evaluate', '--html'],
  ]) {
    const written = await runInProcess([...words, archive, '--data', data]);
    expect([written.exitCode, written.stderr]).toEqual([
      EXIT.usage,
      expect.stringMatching(
        new RegExp(`^error: ${named}: .*first.zip lies below the folder of the originals`),
      ),
    ]);
  }
  const database = join(data, 'training', 'ai_training_decisions', 'first.db');
  const replaced = await runInProcess(['dead', 'export', database, '--data', data]);
  expect([replaced.exitCode, replaced.stderr]).toEqual([
    EXIT.usage,
    expect.stringContaining('where cullstream keeps its own files'),
  ]);
  const config = join(folder, 'cullstream.yaml');
  writeFileSync(config, JSON.stringify({ originals: example.originals }));
  const below = ['--config', config, '--data', join(example.originals, 'data')];
  const { exitCode, stderr } = await runInProcess(['models', 'list', ...below]);
  expect([exitCode, stderr]).toEqual([EXIT.usage, expect.stringContaining('lies below')]);
  expect(hashTree(example.originals)).toEqual(before);
});

it('misses it without an inventory, too, until it is told that it is gone for good', async () => {
  for (const project of ['spring', 'winter'])
    await runInProcess(['forget', project, '--data', data]);
  const missed = await command('plan');
  expect([missed.exitCode, missed.stdout]).toEqual([
    EXIT.failed,
    expect.stringContaining('cullstream forget "summer"'),
  ]);
  const { exitCode, stderr } = await runInProcess(['forget', 'sumer', '--data', data]);
  expect([exitCode, stderr]).toEqual([EXIT.usage, expect.stringContaining('"summer"?')]);
  expect((await runInProcess(['forget', 'summer', '--data', data])).exitCode).toBe(EXIT.ok);
  const plan = await command('plan');
  expect([plan.exitCode, plan.stdout]).toEqual([EXIT.ok, expect.not.stringContaining('summer')]);
});

it('leaves a database of a newer version alone, and says so in one sentence', async () => {
  const path = toDatabasePath('spring');
  const database = new Sqlite(path);
  database.pragma('user_version = 99');
  database.close();
  const before = readFileSync(path);
  const sentence = /has schema 99, and this cullstream knows schema \d+/;
  const run = await command('run', '--inventory', inventory);
  expect([run.exitCode, run.stdout]).toEqual([EXIT.failed, expect.stringMatching(sentence)]);
  for (const args of [['versions'], ['export', '--project', 'spring']]) {
    const { exitCode, stderr } = await runInProcess([...args, '--data', data]);
    expect([exitCode, stderr.trim().split('\n')]).toEqual([
      EXIT.usage,
      [expect.stringMatching(sentence)],
    ]);
  }
  expect(readFileSync(path).equals(before)).toBe(true);
});
