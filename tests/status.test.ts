import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '@cullstream/testing';
import { countVectors, makeExample, toRunArgs, type Example } from './support/example.js';
import { holdService } from './support/processes.js';
import { runCli, startCli, type RunningCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const DONE_WITH_FAILURES = 1;
const CANCELLED = 5;
const verbs = ['pause', 'resume', 'cancel', 'prioritise'];

let folder: string;
let data: string;
let example: Example;

interface Status {
  run: string;
  state: string;
  projects: { images: number; counts: { embedded: number; failed: number } }[];
}

/** Both ways in which `status` tells it: for scripts and for people. */
async function readStatus(): Promise<Status & { text: string }> {
  const json = await runInProcess(['status', '--data', data, '--json']);
  expect(json.exitCode, json.stderr).toBe(0);
  const text = await runInProcess(['status', '--data', data]);
  expect(text.exitCode, text.stderr).toBe(0);
  return { ...(JSON.parse(json.stdout) as Status), text: text.stdout };
}

async function expectDone(verb: string, said: RegExp, ...operands: string[]): Promise<void> {
  const result = await runInProcess([verb, ...operands, '--data', data]);
  expect(result.exitCode, result.stderr).toBe(0);
  expect(result.stdout).toMatch(said);
}

async function expectRefused(verb: string, why: RegExp, id?: string): Promise<void> {
  const named = verb === 'prioritise' ? ['second', ...(id ? ['--run', id] : [])] : id ? [id] : [];
  const result = await runInProcess([verb, ...named, '--data', data]);
  expect(result, verb).toMatchObject({ exitCode: 2 });
  expect(result.stderr).toMatch(why);
}

async function holdAfter({ child }: RunningCli, vectors: number): Promise<() => void> {
  await waitFor(() => countVectors(data) > vectors, { what: 'some vectors', timeoutMs: 60_000 });
  return await holdService(child.pid ?? 0, 'embedder');
}

/**
 * Starts a run whose embedder is held once images are counted: a vector is in the cache before its
 * image is passed on, so an embedder that was held between the two is let go a little further.
 */
async function startCounted(): Promise<{ status: Status; run: RunningCli; release: () => void }> {
  const run = startCli(toRunArgs(example, data));
  for (;;) {
    const release = await holdAfter(run, countVectors(data));
    const status = await firstCounted(3000);
    if (status) return { status, run, release };
    release();
  }
}

/** What the status says once it counts embedded images, if it does within `timeoutMs`. */
async function firstCounted(timeoutMs: number): Promise<Status | undefined> {
  const deadline = Date.now() + timeoutMs;
  do {
    const status = await readStatus();
    if (embeddedIn(status) > 0) return status;
  } while (Date.now() < deadline);
  return undefined;
}

const embeddedIn = ({ projects }: Status) =>
  projects.reduce((sum, { counts }) => sum + counts.embedded, 0);

/** One data folder, in each state that it can be in after another. */
describe.skipIf(process.platform !== 'linux')('what is said of a run', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-status-'));
    data = join(folder, 'data');
    example = await makeExample(folder, 40);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let id: string;

  it('of which there was none', async () => {
    const { state, text } = await readStatus();
    expect(state).toBe('none');
    expect(text).toContain('no run has worked in');
    for (const verb of verbs)
      await expectRefused(verb, /there is no run to \w+: none has worked in/);
  });

  it('at work, paused, killed so, and free to go on', async () => {
    const { status: running, run, release } = await startCounted();
    id = running.run;
    expect(running.state).toBe('running');
    await expectRefused('resume', new RegExp(`run ${id} is running already`));
    await expectDone('pause', /is paused: what is in flight is finished/);
    release();
    await waitFor(async () => (await readStatus()).state === 'paused', {
      what: 'the status to say that it is paused',
      timeoutMs: 20_000,
    });
    expect((await readStatus()).text).toContain(`\`cullstream resume ${id}\` lets it go on`);
    for (const named of [undefined, id]) {
      await expectRefused('pause', new RegExp(`run ${id} is paused already`), named);
    }
    run.child.kill('SIGKILL');
    await run.result;

    const killed = await readStatus();
    expect(killed).toMatchObject({ run: id, state: 'paused' });
    expect(killed.text).toContain(
      `run ${id} is paused; the same \`cullstream run\` goes on with it`,
    );
    expect(embeddedIn(killed)).toBeGreaterThanOrEqual(embeddedIn(running));
    expect(killed.text).toMatch(/\d+ of 360 images/);
    await expectRefused('pause', /is paused already/, id);
    await expectDone('resume', /may go on: the same `cullstream run` takes it up/);
  });

  it('interrupted, whose numbers are still known', async () => {
    const interrupted = await readStatus();
    expect(interrupted).toMatchObject({ run: id, state: 'interrupted' });
    expect(interrupted.text).toContain('was interrupted; the same `cullstream run` resumes it');
    expect(interrupted.text).not.toContain('running');
    expect(embeddedIn(interrupted)).toBeGreaterThan(0);
    expect(interrupted.text).toMatch(/\d+ of 360 images/);
    for (const verb of ['pause', 'resume']) {
      await expectRefused(verb, /was interrupted: nothing works on it/);
      await expectRefused(verb, /was interrupted: nothing works on it/, id);
    }
    await expectDone('prioritise', /second first, once it is taken up/, 'second');
  });

  it('is not kept from starting by those who look at it', async () => {
    const looking = Promise.all([readStatus(), readStatus()]);
    const run = startCli(toRunArgs(example, data));
    const release = await holdService(run.child.pid ?? 0, 'embedder');
    for (const { run: seen } of await looking) expect(seen).toBe(id);
    await waitFor(async () => (await readStatus()).state === 'running', {
      what: 'the status to say that it is running',
      timeoutMs: 60_000,
    });
    expect((await readStatus()).run).toBe(id);
    await expectDone('cancel', /is cancelled: what was done stays/);
    release();
    expect(await readStatus()).toMatchObject({ run: id, state: 'cancelled' });
    expect((await run.result).exitCode).toBe(CANCELLED);
  });

  it('cancelled', async () => {
    const cancelled = await readStatus();
    expect(cancelled).toMatchObject({ run: id, state: 'cancelled' });
    expect(cancelled.text).toContain(`run ${id} was cancelled`);
    for (const verb of verbs) await expectRefused(verb, /is cancelled: there is nothing to/);
    await expectRefused('cancel', new RegExp(`run ${id} is cancelled: there is`), id);
  });

  it('completed, whatever became of a newer summary', async () => {
    const result = await runCli(toRunArgs(example, data));
    expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
    const completed = await readStatus();
    expect(completed.state).toBe('completed');
    for (const verb of verbs) await expectRefused(verb, /is completed: there is nothing to/);
    for (const [time, torn] of [
      ['20990101T000000Z', '{"batch_id": "2099'],
      ['20990101T000001Z', '[]'],
      ['20990101T000002Z', 'null'],
    ] as const) {
      writeFileSync(join(data, `ai_data/batch_predictions_summary_${time}.json`), torn);
    }
    expect(await readStatus()).toMatchObject({ run: completed.run, state: 'completed' });
    const { stderr } = await runInProcess(['status', '--data', data]);
    expect(stderr).toContain(
      'summary_20990101T000000Z.json cannot be read as the summary of a run',
    );
  });
});
