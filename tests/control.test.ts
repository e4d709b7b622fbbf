import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '@cullstream/testing';
import { dumpDatabases, dumpLastRun } from './support/dump-databases.js';
import { countVectors, makeExample, toRunArgs, type Example } from './support/example.js';
import { findService, holdService } from './support/processes.js';
import { startHook } from './support/start-hook.js';
import { runCli, startCli, type RunningCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const DONE_WITH_FAILURES = 1;
const PAUSED = 4;
const CANCELLED = 5;
/** Of a run whose second project is wanted first: what waits of it has not been published yet. */
const MANY_GROUPS = 40;
const GROUPS = 12;

let folder: string;
let example: Example;
let undisturbed: Record<string, string[]>;

/** A second terminal. */
async function say(command: string, data: string, ...operands: string[]) {
  const result = await runInProcess([command, ...operands, '--data', data, '--json']);
  expect(result.exitCode, result.stderr).toBe(0);
  return JSON.parse(result.stdout) as { run: string; state: string; replay?: boolean };
}

/** However fast it is: some images are still to be done when the second terminal is heard. */
async function startAtWork(from: Example, data: string) {
  const run = startCli(toRunArgs(from, data));
  await waitFor(() => countVectors(data) > 0, { what: 'some vectors', timeoutMs: 60_000 });
  return { run, release: await holdService(run.child.pid ?? 0, 'embedder') };
}

async function untilHeld(
  run: RunningCli,
  services = ['extractor', 'embedder', 'predictor', 'writer'],
): Promise<void> {
  await waitFor(
    () => services.every((service) => findService(run.child.pid ?? 0, service).length === 0),
    { what: 'the services to end', timeoutMs: 20_000 },
  );
}

/** Projects in the order in which they were finished. */
function readFinished(data: string): string[] {
  const lines = readFileSync(join(data, 'ai_data/batch_predictions_log.jsonl'), 'utf8');
  return lines
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { project_id: string }).project_id);
}

describe.skipIf(process.platform !== 'linux')('projects that are wanted first', () => {
  let own: string;
  beforeAll(() => {
    own = mkdtempSync(join(tmpdir(), 'cullstream-first-'));
  });
  afterAll(() => rmSync(own, { recursive: true, force: true }));

  it('overtake those that wait', async () => {
    const many = await makeExample(own, MANY_GROUPS);
    const data = join(own, 'data');
    const { run, release } = await startAtWork(many, data);
    const said = await runInProcess(['prioritise', 'third', '--data', data]);
    expect(said).toMatchObject({ exitCode: 2 });
    expect(said.stderr).toContain('has no project "third"; there are: first, loose, second');
    expect(await say('prioritise', data, 'second')).toMatchObject({ first: ['second'] });
    release();
    const { exitCode, stderr } = await run.result;
    expect(exitCode, stderr).toBe(DONE_WITH_FAILURES);
    const finished = readFinished(data);
    expect(finished).toHaveLength(3);
    // All are of one size: by name it would come last.
    expect(finished.indexOf('second')).toBeLessThan(finished.indexOf('loose'));
  });
});

describe.skipIf(process.platform !== 'linux')('a run that is controlled from outside', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-control-'));
    example = await makeExample(folder, GROUPS);
    const data = join(folder, 'undisturbed');
    const result = await runInProcess(toRunArgs(example, data));
    expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
    undisturbed = dumpDatabases(data);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('takes nothing while it is paused, outlives a restart so, and ends with the same rows', async () => {
    const data = join(folder, 'paused');
    const { run, release } = await startAtWork(example, data);
    expect(await say('pause', data)).toMatchObject({ state: 'paused' });
    // All are asked to end together: once these have, the embedder will not go on.
    await untilHeld(run, ['predictor', 'writer']);
    release();
    await untilHeld(run);
    expect(await say('status', data)).toMatchObject({ state: 'paused' });
    expect(countVectors(data)).toBeLessThan(example.images);
    expect(await say('resume', data)).toMatchObject({ state: 'running' });
    await waitFor(() => findService(run.child.pid ?? 0, 'embedder').length === 1, {
      what: 'the embedder to come back',
      timeoutMs: 20_000,
    });
    await say('pause', data);
    await untilHeld(run);
    run.child.kill('SIGKILL');
    await run.result;
    const again = await runCli(toRunArgs(example, data));
    expect(again.exitCode, again.stderr).toBe(DONE_WITH_FAILURES);
    expect(again.stderr).toContain('resuming run');
    expect(dumpDatabases(data)).toEqual(undisturbed);
  });

  it('cancelled, it ends with its own code, and what is run then makes the same rows', async () => {
    const data = join(folder, 'cancelled');
    const { run, release } = await startAtWork(example, data);
    const cancelled = await say('cancel', data);
    release();
    expect(cancelled.state).toBe('cancelled');
    const result = await run.result;
    expect(result.exitCode, result.stderr).toBe(CANCELLED);
    expect(await say('status', data)).toMatchObject({ state: 'cancelled' });
    const streams = await runInProcess(['streams', '--data', data, '--json']);
    expect(JSON.parse(streams.stdout)).toMatchObject({ runs: [] });
    const embedded = countVectors(data);
    const again = await runCli([...toRunArgs(example, data), '--json']);
    expect(again.exitCode, again.stderr).toBe(DONE_WITH_FAILURES);
    const summary = JSON.parse(again.stdout) as { images: { embedded: number; cached: number } };
    expect(summary.images.cached).toBe(embedded);
    expect(dumpLastRun(data)).toEqual(dumpLastRun(join(folder, 'undisturbed')));
  });

  it('interrupted and cancelled, it is not taken up again', async () => {
    const data = join(folder, 'dropped');
    const { run, release } = await startAtWork(example, data);
    run.child.kill('SIGKILL');
    release();
    await run.result;
    const { run: id } = await say('cancel', data);
    const refused = await runInProcess(['cancel', id, '--data', data]);
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain(`run ${id} is cancelled: there is nothing to cancel`);
    expect(await say('status', data)).toMatchObject({ run: id, state: 'cancelled' });
  });

  it('pauses at the time it is given, tells whom it may, and goes on at the next one', async () => {
    const data = join(folder, 'until');
    await using hook = await startHook();
    // Later than it takes to begin, on a machine that has much else to do, too.
    const askedAtMs = performance.now();
    await runCli(['doctor', '--help']);
    const waitMs = 8_000 + 8 * (performance.now() - askedAtMs);
    const soon = new Date(Date.now() + waitMs).toTimeString().slice(0, 8);
    // However fast the machine is: embedding waits, so that the run is not done before.
    const run = startCli([
      ...[...toRunArgs(example, data), '--until', soon, '--max-load', '0.001'],
      ...['--notify', hook.url],
    ]);
    // However late the reporter looks.
    const release = await holdService(run.child.pid ?? 0, 'reporter');
    await untilHeld(run, ['predictor', 'writer']);
    release();
    const result = await run.result;
    expect(result.exitCode, result.stderr).toBe(PAUSED);
    expect(hook.posted).toMatchObject([{ event: 'paused', status: { state: 'paused' } }]);
    expect(result.stderr).toMatch(
      /working until [\d:]+, which is in \d+(\.\d)? s: the run is paused/,
    );
    expect(result.stderr).toMatch(/it is [\d:]+: run \S+ is paused; the same command goes on/);
    expect(await say('status', data)).toMatchObject({ state: 'paused' });
  });

  it('keeps its embedders back while the machine has too much to do', async () => {
    const data = join(folder, 'load');
    const run = startCli([...toRunArgs(example, data), '--max-load', '0.001']);
    let said = '';
    run.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await waitFor(() => said.includes('is above 0.001: embedding waits'), {
      what: 'embedding to wait',
      timeoutMs: 30_000,
    });
    await waitFor(() => findService(run.child.pid ?? 0, 'embedder').length === 0, {
      what: 'the embedder to end',
      timeoutMs: 20_000,
    });
    expect(findService(run.child.pid ?? 0, 'predictor')).toHaveLength(1);
    run.child.kill('SIGINT');
    expect((await run.result).exitCode).toBe(3);
  });
});
