import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '@cullstream/testing';
import { dumpDatabases } from './support/dump-databases.js';
import {
  countLogLines,
  countVectors,
  makeExample,
  toRunArgs,
  type Example,
} from './support/example.js';
import { findBroker, findService, holdService } from './support/processes.js';
import {
  allCores,
  runCli,
  startCli,
  waitForText,
  type CliResult,
  type RunningCli,
} from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const GROUPS_PER_PROJECT = 16;
/** Moments of a run, as shares of its images whose vectors are stored. */
const MOMENTS = [0, 0.35, 0.7];
/** Of the command, which is killed then: at once, and at work. */
const MOMENTS_OF_COMMAND = [0, 0.2, 0.4];
const LIGHT = ['extractor', 'predictor', 'writer', 'reporter'];
/** After so long the broker delivers again what a process that stands still has not acknowledged. */
const LONG_MS = 11_000;
const SHORT_MS = 500;
/** As people, the system, and libraries that break down end a process. */
const SIGNALS = ['SIGKILL', 'SIGABRT', 'SIGSEGV'] as const;
const DONE_WITH_FAILURES = 1;
/** The ten seconds that Ctrl-C may take, and one in which a busy machine sees the end. */
const ENDS_WITHIN_MS = 11_000;

let folder: string;
let example: Example;
let undisturbed: Record<string, string[]>;

function freshData(name: string): string {
  return join(mkdtempSync(join(folder, `${name}-`)), 'data');
}

async function killAt(
  moment: number,
  data: string,
  victims: () => number[],
  run: RunningCli,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<void> {
  let ended = false;
  void run.result.then(() => (ended = true));
  await waitFor(
    () => ended || (countVectors(data) >= moment * example.images && victims().length > 0),
    { what: `${moment * 100} % of the vectors`, timeoutMs: 60_000 },
  );
  for (const pid of victims()) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself between the look and the shot.
    }
  }
}

/** Stops processes, as a debugger or a machine that sleeps does, and lets them go on. */
async function standStill(find: () => number[]): Promise<void> {
  const pids = await waitFor(() => find().length > 0 && find(), {
    what: 'a process to stop',
    timeoutMs: 60_000,
  });
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  await delay(SHORT_MS);
  for (const pid of pids) process.kill(pid, 'SIGCONT');
}

function untilAt(moment: number, data: string): Promise<true> {
  const what = `${moment * 100} % of the vectors`;
  return waitFor(() => countVectors(data) >= moment * example.images, { what, timeoutMs: 60_000 });
}

/** What the summary of the only completed run warns of. */
function warningsIn(data: string): string[] {
  const folderOfSummary = join(data, 'ai_data');
  const name = readdirSync(folderOfSummary).find((each) => /_summary_.*\.json$/.test(each)) ?? '';
  const text = readFileSync(join(folderOfSummary, name), 'utf8');
  return (JSON.parse(text) as { warnings: string[] }).warnings;
}

function expectSameAsUndisturbed(data: string, result: CliResult): void {
  expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
  expect(dumpDatabases(data)).toEqual(undisturbed);
  expect(countLogLines(data)).toEqual({ first: 1, loose: 1, second: 1 });
}

function expectTold(services: readonly string[], data: string): void {
  const warnings = warningsIn(data).join('\n');
  for (const service of services) {
    expect(warnings).toContain(`the ${service} ended with signal SIGKILL and is started again`);
  }
  expect(warnings).toMatch(/ended with signal SIGABRT and is started again: it broke down/);
}

describe.skipIf(process.platform !== 'linux')('a run', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-kill-'));
    example = await makeExample(folder, GROUPS_PER_PROJECT);
    const data = freshData('undisturbed');
    const result = await runInProcess(toRunArgs(example, data));
    expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
    undisturbed = dumpDatabases(data);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.concurrent('with extractor, predictor, writer and reporter ended three times each: the rows are those of an undisturbed run', async () => {
    const data = freshData('services');
    const run = startCli(toRunArgs(example, data), allCores);
    const find = (service: string) => () => findService(run.child.pid ?? 0, service);
    // It ends by itself when everything is listed.
    for (const signal of SIGNALS) await killAt(0, data, find('extractor'), run, signal);
    for (const [round, moment] of MOMENTS.entries()) {
      await untilAt(moment, data);
      // Else all might be done before each of them has come back to be ended again.
      const release = await holdService(run.child.pid ?? 0, 'embedder');
      for (const service of LIGHT) {
        if (service === 'extractor') continue;
        await killAt(moment, data, find(service), run, SIGNALS[round]);
      }
      release();
    }
    expectSameAsUndisturbed(data, await run.result);
    expectTold(LIGHT, data);
  });

  it.concurrent('with the embedder ended three times: the rows are those of an undisturbed run', async () => {
    const data = freshData('embedder');
    const run = startCli(toRunArgs(example, data), allCores);
    for (const [round, moment] of MOMENTS.entries()) {
      const victims = () => findService(run.child.pid ?? 0, 'embedder');
      await killAt(moment, data, victims, run, SIGNALS[round]);
    }
    expectSameAsUndisturbed(data, await run.result);
    expectTold(['embedder'], data);
  });

  it.concurrent('with every process standing still for a while: the rows are those of an undisturbed run', async () => {
    const data = freshData('stopped');
    const run = startCli(toRunArgs(example, data), allCores);
    const command = run.child.pid ?? 0;
    // It ends by itself when everything is listed.
    await standStill(() => findService(command, 'extractor'));
    await untilAt(0.1, data);
    // Else all might be done before each of the others has stood still.
    const release = await holdService(command, 'embedder');
    const heldAtMs = performance.now();
    const light = ['predictor', 'writer', 'reporter'].map(
      (service) => () => findService(command, service),
    );
    const broker = () => findBroker(data);
    for (const find of [...light, broker, () => [command]]) await standStill(find);
    await delay(LONG_MS - (performance.now() - heldAtMs));
    release();
    // And all beside the one that works now.
    await Promise.all([...light, broker].map(standStill));
    expectSameAsUndisturbed(data, await run.result);
  });

  it.concurrent('with the nats-server killed three times: the rows are those of an undisturbed run', async () => {
    const data = freshData('broker');
    const run = startCli(toRunArgs(example, data), allCores);
    for (const moment of MOMENTS) await killAt(moment, data, () => findBroker(data), run);
    expectSameAsUndisturbed(data, await run.result);
    const ended = 'the broker ended and is started again';
    expect(warningsIn(data)).toContainEqual(expect.stringContaining(ended));
  });

  it.concurrent('killed itself, and interrupted: each rerun goes on and the rows are the same', async () => {
    const data = freshData('cli');
    for (const moment of MOMENTS_OF_COMMAND) {
      const run = startCli(toRunArgs(example, data), allCores);
      await untilAt(moment, data);
      // Else all might be done before the last of them has begun.
      const release = await holdService(run.child.pid ?? 0, 'embedder');
      run.child.kill('SIGKILL');
      release();
      await run.result;
      await waitFor(() => findBroker(data).length === 0, {
        what: 'the broker to end with its parent',
        timeoutMs: 20_000,
      });
    }
    const run = startCli(toRunArgs(example, data), allCores);
    await waitForText(run, 'resuming run');
    const release = await holdService(run.child.pid ?? 0, 'embedder');
    const askedAtMs = performance.now();
    process.kill(run.child.pid ?? 0, 'SIGINT');
    release();
    const stopped = await run.result;
    expect(stopped.exitCode, stopped.stderr).toBe(3);
    expect(performance.now() - askedAtMs).toBeLessThan(ENDS_WITHIN_MS);
    expectSameAsUndisturbed(data, await runCli(toRunArgs(example, data), allCores));
  });
});
