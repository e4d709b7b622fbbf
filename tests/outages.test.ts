import { spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Summary } from '@cullstream/report';
import { waitFor } from '@cullstream/testing';
import { dumpDatabases } from './support/dump-databases.js';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { pretendFailures } from './support/pretend-failures.js';
import { holdService } from './support/processes.js';
import { runCli, startCli } from './support/run-cli.js';

const FAILED = 1;
const GROUPS_PER_PROJECT = 4;
/** Images of the example that nothing can decode, one a project. */
const DAMAGED = 3;

/** Makes root one whom permissions bind, as they bind everybody else. */
const bound = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'];
const isRoot = process.getuid?.() === 0;
const through = isRoot ? bound : [];
const canBeBound = !isRoot || spawnSync(bound[0] ?? '', [...bound.slice(1), 'true']).status === 0;

/** What a command says from now on. */
function listen(child: ChildProcess) {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  return {
    async says(pattern: RegExp): Promise<void> {
      await waitFor(() => pattern.test(said), { what: `${pattern}`, timeoutMs: 30_000 });
      expect(child.exitCode).toBeNull();
    },
  };
}

/** Puts an empty folder in the place of one, until it is back. */
function leaveEmpty(path: string): { isBack(): void } {
  renameSync(path, `${path}-away`);
  mkdirSync(path);
  return {
    isBack() {
      rmdirSync(path);
      renameSync(`${path}-away`, path);
    },
  };
}

let folder: string;
let data: string;
let example: Example;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-outages-'));
  data = join(folder, 'data');
  example = await makeExample(folder, GROUPS_PER_PROJECT);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.skipIf(!canBeBound)(
  'originals that are away for a while fail nothing, whichever way they went',
  async () => {
    const { originals } = example;
    const run = startCli([...toRunArgs(example, data), '--json'], {}, through);
    const command = listen(run.child);
    const release = await holdService(run.child.pid ?? 0, 'embedder');
    const [first, loose, second] = ['first.zip', 'loose', 'second.zip'].map((name) =>
      join(originals, name),
    ) as [string, string, string];
    const whole = readFileSync(second);
    // Unmounted, with the mount point left: all of it, and one project.
    const allAway = leaveEmpty(originals);
    release();
    await command.says(/originals is empty now: connect its disk/);
    allAway.isBack();
    chmodSync(originals, 0o000);
    await command.says(/originals may not be read any more: give this user the permission back/);
    renameSync(first, `${folder}/first`);
    chmodSync(originals, 0o755);
    await command.says(/first.zip is not there any more: connect its disk/);
    const looseAway = leaveEmpty(loose);
    renameSync(`${folder}/first`, first);
    await command.says(/loose holds no image any more: connect its disk/);
    truncateSync(second, 5_000);
    looseAway.isBack();
    await command.says(/second.zip is no whole archive any more: put it back/);
    writeFileSync(second, whole);
    const { stdout, stderr, exitCode } = await run.result;
    expect(exitCode, stderr).toBe(FAILED);
    const { images, groups } = JSON.parse(stdout) as Summary;
    // Only the damaged ones of the example.
    expect(images).toMatchObject({ embedded: example.images - DAMAGED, failed: DAMAGED });
    expect(groups).toMatchObject({ failed: 0 });
  },
);

it('images that failed while their source was away are tried again by the next run', async () => {
  const given = toRunArgs(example, data);
  if (!existsSync(data)) await runCli(given);
  const { 'first.db/ai_decisions': decided } = dumpDatabases(data);
  pretendFailures(join(data, 'training/ai_training_decisions/first.db'), 5);
  const again = await runCli([...given, '--json']);
  const { results, images } = JSON.parse(again.stdout) as Summary;
  expect(results).toMatchObject({ processed: 1, skipped: 2 });
  expect(images.failed, again.stderr).toBe(DAMAGED);
  expect(dumpDatabases(data)).toMatchObject({ 'first.db/ai_decisions': decided });
  const { stdout } = await runCli(given);
  expect(stdout).toMatch(/^3 images failed before, and cannot be done now.*nothing was written$/m);
});
