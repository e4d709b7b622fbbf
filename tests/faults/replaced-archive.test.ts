import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeZip } from '@cullstream/examples';
import type { Summary } from '@cullstream/report';
import { readVersions } from '@cullstream/store';
import { dumpLastRun } from '../support/dump-databases.js';
import {
  drawVariants,
  makeEntries,
  makeExample,
  toRunArgs,
  type Example,
} from '../support/example.js';
import { runCli, type CliResult } from '../support/run-cli.js';
import { runInProcess } from '../support/run-in-process.js';

const DONE_WITH_FAILURES = 1;
const DAY_OF_FIRST = 1;
const GROUPS = 4;

let folder: string;
let data: string;
let example: Example;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-replaced-'));
  data = join(folder, 'data');
  example = await makeExample(folder, GROUPS);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(): Promise<CliResult> {
  return runCli([...toRunArgs(example, data), '--only', 'first', '--json']);
}

async function readJson(...command: string[]): Promise<unknown> {
  const { stdout } = await runInProcess([...command, '--data', data, '--json']);
  return JSON.parse(stdout);
}

it('once an archive is back, its project is processed again, and all shows that run', async () => {
  const archive = join(example.originals, 'first.zip');
  const copy = join(folder, 'first.zip');
  copyFileSync(archive, copy);
  expect((await run()).exitCode).toBe(DONE_WITH_FAILURES);
  const undisturbed = dumpLastRun(data);

  // The same names with other pictures, so that other images are selected.
  const [one, two, three] = (await drawVariants()) as [Uint8Array, Uint8Array, Uint8Array];
  await writeZip(archive, makeEntries([three, one, two], DAY_OF_FIRST, GROUPS));
  expect((await run()).exitCode).toBe(DONE_WITH_FAILURES);
  expect(dumpLastRun(data)).not.toEqual(undisturbed);

  copyFileSync(copy, archive);
  const { batch_id: last, images } = JSON.parse((await run()).stdout) as Summary;
  expect(images).toMatchObject({ embedded: 0, failed: 1 });
  expect(dumpLastRun(data)).toEqual(undisturbed);
  expect(await readJson('status')).toMatchObject({ run: last, summary: { images } });
  expect(await readJson('verify', '--originals', example.originals)).toMatchObject({
    projects: [{ project: 'first', run: last, gaps: [] }],
  });
  // The gallery, evaluations and exports show this run of a version.
  const path = join(data, 'training/ai_training_decisions/first.db');
  expect(readVersions(path, 'first')).toMatchObject([{ newestCompleted: { run: last } }]);
});
