import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '@cullstream/testing';
import { dumpDatabases } from './support/dump-databases.js';
import { countVectors, makeExample, toRunArgs, type Example } from './support/example.js';
import { runCli, startCli, type RunningCli } from './support/run-cli.js';

const DONE_WITH_FAILURES = 1;
const LEAVE_WITHIN_MS = 10_000;

let folder: string;
let example: Example;
let undisturbed: Record<string, string[]>;

interface CurrentRun {
  url: string;
  user: string;
  password: string;
}

async function brokerOf(data: string): Promise<CurrentRun> {
  const path = join(data, '.cullstream/current-run.json');
  let found: CurrentRun | undefined;
  await waitFor(
    () => {
      try {
        found = JSON.parse(readFileSync(path, 'utf8')) as CurrentRun;
        return true;
      } catch {
        return false;
      }
    },
    { what: 'the run to name its broker', timeoutMs: 60_000 },
  );
  if (found === undefined) throw new Error('no broker');
  return found;
}

async function joinRun(data: string, broker: CurrentRun, embedder: string): Promise<RunningCli> {
  const joined = startCli([
    ...['embedder', '--originals', example.originals, '--data', data, '--embedder', embedder],
    ...['--nats', broker.url, '--nats-user', broker.user, '--nats-password', broker.password],
  ]);
  let said = '';
  let ended = false;
  joined.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  void joined.result.then(() => (ended = true));
  await waitFor(() => ended || said.includes('joined run'), {
    what: 'an embedder to join',
    timeoutMs: 60_000,
  });
  return joined;
}

describe.skipIf(process.platform !== 'linux')('embedders that come and go', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-scale-'));
    example = await makeExample(folder, 150);
    const data = join(folder, 'undisturbed');
    const result = await runCli(toRunArgs(example, data));
    expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
    undisturbed = dumpDatabases(data);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('change no row, killed or sent away in the middle of a run', async () => {
    const data = join(folder, 'disturbed');
    const run = startCli(toRunArgs(example, data));
    const broker = await brokerOf(data);
    await waitFor(() => countVectors(data) > 0, { what: 'some vectors', timeoutMs: 60_000 });
    const staying = await joinRun(data, broker, example.models.embedder);
    const killed = await joinRun(data, broker, example.models.embedder);
    if (killed.child.pid !== undefined) process.kill(-killed.child.pid, 'SIGKILL');
    const leaving = await joinRun(data, broker, example.models.embedder);
    const askedAtMs = performance.now();
    leaving.child.kill('SIGTERM');
    const left = await leaving.result;
    expect(left.exitCode, left.stderr).toBe(0);
    expect(performance.now() - askedAtMs).toBeLessThan(LEAVE_WITHIN_MS);
    const result = await run.result;
    expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
    expect(dumpDatabases(data)).toEqual(undisturbed);
    const stayed = await staying.result;
    expect(stayed.exitCode, stayed.stderr).toBe(0);
  });

  it('are refused with other weights than those of the run', async () => {
    const data = join(folder, 'refused');
    const run = startCli(toRunArgs(example, data));
    const refused = await joinRun(data, await brokerOf(data), example.models.ranker);
    expect((await refused.result).exitCode).toBe(2);
    run.child.kill('SIGINT');
    await run.result;
  });
});
