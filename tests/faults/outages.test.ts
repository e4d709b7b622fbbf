import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Summary } from '@cullstream/report';
import { waitFor } from '@cullstream/testing';
import { boundByPermissions, canBeBound } from '../support/bound-by-permissions.js';
import { dumpDatabases } from '../support/dump-databases.js';
import { countVectors, makeExample, toRunArgs, type Example } from '../support/example.js';
import { hashTree } from '../support/hash-tree.js';
import { leaveEmpty } from '../support/leave-empty.js';
import { listenTo } from '../support/listen-to.js';
import { pretendFailures } from '../support/pretend-failures.js';
import { findService, holdService } from '../support/processes.js';
import { runCli, startCli, type CliResult } from '../support/run-cli.js';
import { runInProcess } from '../support/run-in-process.js';

const FAILED = 1;
const GROUPS_PER_PROJECT = 4;
/** What may be begun in another data folder before it is looked at: nobody there reads it as its own. */
const REPLACEABLE = /^\S+\.(heard|pack)$/;
/** Images of the example that nothing can decode, one a project. */
const DAMAGED = 3;

let folder: string;
let data: string;
let example: Example;
let undisturbed: Record<string, string[]>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-outages-'));
  data = join(folder, 'data');
  example = await makeExample(folder, GROUPS_PER_PROJECT);
  const { exitCode, stderr } = await runInProcess(toRunArgs(example, data));
  expect(exitCode, stderr).toBe(FAILED);
  undisturbed = dumpDatabases(data);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of the outages nothing is left, neither in what a run says at its end nor in any row. */
function expectOnlyDamaged(place: string, { stdout, stderr, exitCode }: CliResult): void {
  expect(exitCode, stderr).toBe(FAILED);
  const { images, groups } = JSON.parse(stdout) as Summary;
  expect(images).toMatchObject({ embedded: example.images - DAMAGED, failed: DAMAGED });
  expect(groups).toMatchObject({ failed: 0 });
  expect(dumpDatabases(place)).toEqual(undisturbed);
}

it.skipIf(!canBeBound)(
  'originals that are away for a while fail nothing, whichever way they went',
  async () => {
    const { originals } = example;
    const place = join(folder, 'beside-outages');
    const run = startCli([...toRunArgs(example, place), '--json'], {}, boundByPermissions);
    const command = listenTo(run.child);
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
    expectOnlyDamaged(place, await run.result);
  },
);

it.skipIf(!canBeBound)(
  'a data folder that is away, or another one, for a while loses nothing, and nothing is begun in its place',
  async () => {
    const place = join(folder, 'other-data');
    const [disk, other] = ['disk', 'other-disk'].map((name) => join(folder, name)) as [
      string,
      string,
    ];
    mkdirSync(disk);
    // Without vectors: what is right there is right here, too, and would be taken.
    cpSync(data, other, { recursive: true, filter: (path) => !path.endsWith('.npy') });
    const before = hashTree(other);
    const isOn = (path: string) => {
      symlinkSync(path, `${place}-next`);
      renameSync(`${place}-next`, place);
    };
    isOn(disk);
    const run = startCli([...toRunArgs(example, place), '--json'], {}, boundByPermissions);
    const command = listenTo(run.child);
    await waitFor(() => countVectors(place) > 3, { what: 'vectors', timeoutMs: 60_000 });
    chmodSync(place, 0o000);
    await command.says(/other-data may not be used any more: give this user the permission back/);
    chmodSync(place, 0o755);
    const away = leaveEmpty(place);
    await command.says(/other-data is not there any more: connect its disk/);
    const [writer = 0] = findService(run.child.pid ?? 0, 'writer');
    process.kill(writer, 'SIGKILL');
    await command.says(/the writer ended with signal SIGKILL and is started again/);
    away.isBack();
    isOn(other);
    await command.says(/other-data is another folder than before: put back the one it was/);
    isOn(disk);
    expectOnlyDamaged(place, await run.result);
    const written = Object.entries(hashTree(other))
      .filter(([name, { sha256 }]) => before[name]?.sha256 !== sha256)
      .map(([name]) => (name in before ? `changed: ${name}` : name));
    expect(written.filter((name) => !REPLACEABLE.test(name))).toEqual([]);
  },
);

it.skipIf(!canBeBound)(
  'the next run tries images again, and makes vectors anew that cannot be read',
  async () => {
    const given = toRunArgs(example, data);
    pretendFailures(join(data, 'training/ai_training_decisions/first.db'), 5);
    const embeddings = join(data, 'ai_data/embeddings');
    const vectors = readdirSync(embeddings).filter((name) => name.endsWith('.npy'));
    for (const name of vectors) chmodSync(join(embeddings, name), 0o000);
    const again = await startCli([...given, '--json'], {}, boundByPermissions).result;
    expect(again.stderr).toContain('it cannot be read (EACCES)');
    const { results, images } = JSON.parse(again.stdout) as Summary;
    expect(results).toMatchObject({ processed: 1, skipped: 2 });
    expect(images.failed, again.stderr).toBe(DAMAGED);
    expect(dumpDatabases(data)).toMatchObject({
      'first.db/ai_decisions': undisturbed['first.db/ai_decisions'],
    });
    const { stdout } = await runCli(given);
    expect(stdout).toMatch(/^3 images failed before, and would again.*nothing was written$/m);
  },
);
