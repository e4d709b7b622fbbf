import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpDatabases } from './support/dump-databases.js';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { startOpenBroker, type OpenBroker } from './support/open-broker.js';
import { runCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const DONE_WITH_FAILURES = 1;

let folder: string;
let example: Example;
let broker: OpenBroker;

describe('runs that share a broker', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-shared-'));
    example = await makeExample(folder, 12);
    broker = await startOpenBroker(join(folder, 'broker'));
  });

  afterAll(async () => {
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('by the same models at the same time do not mix, and are followed from outside', async () => {
    const shared = async (name: string, ...choice: string[]) => {
      const args = [...toRunArgs(example, join(folder, name)), ...choice];
      const result = await runCli([...args, '--nats', broker.url]);
      expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
      expect(result.stderr).toContain('starting run');
      return dumpDatabases(join(folder, name));
    };
    const status = ['status', '--nats', broker.url, '--data', join(folder, 'elsewhere'), '--json'];
    const isFollowed = async () => {
      const { stdout } = await runInProcess(status);
      return (JSON.parse(stdout) as { state: string }).state === 'running';
    };
    const [one, others] = await Promise.all([
      shared('one', '--only', 'first'),
      shared('others', '--skip', 'first'),
      waitFor(isFollowed, { what: 'a status from outside', timeoutMs: 120_000 }),
    ]);
    const alone = join(folder, 'alone');
    const undisturbed = await runInProcess(toRunArgs(example, alone));
    expect(undisturbed.exitCode, undisturbed.stderr).toBe(DONE_WITH_FAILURES);
    expect({ ...one, ...others }).toEqual(dumpDatabases(alone));
  });

  it('are listed with their sizes, and the oldest of each data folder are forgotten', async () => {
    const args = ['streams', '--data', join(folder, 'one'), '--nats', broker.url, '--json'];
    const listed = await runInProcess(args);
    const { runs } = JSON.parse(listed.stdout) as {
      runs: { project: string; state: string; bytes: number }[];
    };
    expect(runs.map(({ project }) => project).sort()).toEqual(['first', 'loose', 'second']);
    expect(runs.every(({ state, bytes }) => state === 'completed' && bytes > 0)).toBe(true);
    const pruned = await runInProcess([...args, '--prune', '--keep-runs', '0']);
    expect(JSON.parse(pruned.stdout)).toMatchObject({ runs: [] });
  });
});
