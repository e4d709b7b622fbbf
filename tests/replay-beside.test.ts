import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '@cullstream/testing';
import { dumpDatabases } from './support/dump-databases.js';
import { countVectors, makeExample, toRunArgs, type Example } from './support/example.js';
import { findBroker, holdService } from './support/processes.js';
import { startCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const DONE_WITH_FAILURES = 1;

let folder: string;
let example: Example;

async function say<T>(...args: string[]): Promise<T> {
  const result = await runInProcess([...args, '--data', join(folder, 'data'), '--json']);
  expect(result.exitCode, result.stderr).toBe(0);
  return JSON.parse(result.stdout) as T;
}

interface Status {
  run: string;
  state: string;
  replay?: boolean;
  beside?: Status;
}

/** Of the projects that the batch works on. */
function rowsOfBatch(data: string) {
  const dump = Object.entries(dumpDatabases(data));
  return Object.fromEntries(dump.filter(([name]) => !name.startsWith('first.db')));
}

describe.skipIf(process.platform !== 'linux')('a replay beside a running batch', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-beside-'));
    example = await makeExample(folder, 40);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('leaves it alone, is followed with it, and outlives it', async () => {
    const data = join(folder, 'data');
    const first = await runInProcess([...toRunArgs(example, data), '--only', 'first']);
    expect(first.exitCode, first.stderr).toBe(DONE_WITH_FAILURES);
    const before = countVectors(data);
    const batch = startCli(toRunArgs(example, data));
    await waitFor(() => countVectors(data) > before, {
      what: 'the batch to embed',
      timeoutMs: 60_000,
    });
    // So that it is still at work when the replay has begun.
    const releaseBatch = await holdService(batch.child.pid ?? 0, 'embedder');
    const { run: batchId } = await say<Status>('pause');
    releaseBatch();

    const [, ...args] = toRunArgs(example, data);
    const replay = startCli([
      ...['replay', ...args, '--from', 'images', '--project', 'first', '--preprocess', 'fast'],
      '--json',
    ]);
    let said = '';
    replay.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await waitFor(() => said.includes('starting replay'), {
      what: 'the replay to begin',
      timeoutMs: 60_000,
    });
    expect(said).toContain('replaying beside it');
    const releaseReplay = await holdService(replay.child.pid ?? 0, 'embedder');
    const id = /starting replay (\S+) from images:/.exec(said)?.[1] ?? '';
    await say('resume', batchId);
    await say('pause', id);
    releaseReplay();
    const status = await say<Status>('status');
    expect(status).toMatchObject({ run: batchId, beside: { run: id, replay: true } });

    const ended = await batch.result;
    expect(ended.exitCode, ended.stderr).toBe(DONE_WITH_FAILURES);
    await waitFor(() => findBroker(data).length === 1, {
      what: 'the replay to start the broker again',
      timeoutMs: 30_000,
    });
    expect(await say('resume', id)).toMatchObject({ run: id, state: 'running' });
    const replayed = await replay.result;
    expect(replayed.exitCode, replayed.stderr).toBe(DONE_WITH_FAILURES);
    expect(JSON.parse(replayed.stdout)).toMatchObject({ images: { total: 120, embedded: 118 } });
    expect(findBroker(data)).toEqual([]);

    const alone = join(folder, 'alone');
    const undisturbed = await runInProcess([...toRunArgs(example, alone), '--skip', 'first']);
    expect(undisturbed.exitCode, undisturbed.stderr).toBe(DONE_WITH_FAILURES);
    expect(rowsOfBatch(data)).toEqual(rowsOfBatch(alone));
    const { versions } = await say<{ versions: { project: string }[] }>('versions');
    expect(versions.map(({ project }) => project)).toEqual(['first', 'first', 'loose', 'second']);
  });
});
