import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { findBroker, findService } from './support/processes.js';
import {
  allCores,
  runCli,
  startCli,
  waitForText,
  type CliResult,
  type RunningCli,
} from './support/run-cli.js';

const GROUPS_PER_PROJECT = 16;
/** Moments of a run, as shares of its images whose vectors are stored. */
const MOMENTS = [0, 0.15, 0.35, 0.6, 0.8];
/** Of the command, which is killed then: at once, and at work. */
const MOMENTS_OF_COMMAND = [0, 0.2, 0.4];
/** Killed one after the other, so much of a run later each. */
const LIGHT = ['extractor', 'predictor', 'writer', 'reporter'];
const LATER = 0.04;
/** As people, the system, and libraries that break down end a process. */
const SIGNALS = ['SIGKILL', 'SIGABRT', 'SIGSEGV', 'SIGKILL', 'SIGKILL'] as const;
const DONE_WITH_FAILURES = 1;

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

describe.skipIf(process.platform !== 'linux')('a run', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-kill-'));
    example = await makeExample(folder, GROUPS_PER_PROJECT);
    const data = freshData('undisturbed');
    const result = await runCli(toRunArgs(example, data), allCores);
    expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
    undisturbed = dumpDatabases(data);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.concurrent.each([
    { which: 'extractor, predictor, writer and reporter', services: LIGHT },
    { which: 'the embedder', services: ['embedder'] },
  ])(
    'with $which ended five times each: the rows are those of an undisturbed run',
    async ({ services }) => {
      const data = freshData('services');
      const run = startCli(toRunArgs(example, data), allCores);
      for (const [round, moment] of MOMENTS.entries()) {
        for (const [place, service] of services.entries()) {
          const victims = () => findService(run.child.pid ?? 0, service);
          await killAt(moment + place * LATER, data, victims, run, SIGNALS[round]);
        }
      }
      expectSameAsUndisturbed(data, await run.result);
      const warnings = warningsIn(data).join('\n');
      for (const service of services) {
        expect(warnings).toContain(`the ${service} ended with signal SIGKILL and is started again`);
      }
      expect(warnings).toMatch(/ended with signal SIGABRT and is started again: it broke down/);
    },
  );

  it.concurrent(
    'with the nats-server killed five times: the rows are those of an undisturbed run',
    async () => {
      const data = freshData('broker');
      const run = startCli(toRunArgs(example, data), allCores);
      for (const moment of MOMENTS) await killAt(moment, data, () => findBroker(data), run);
      expectSameAsUndisturbed(data, await run.result);
      const ended = 'the broker ended and is started again';
      expect(warningsIn(data)).toContainEqual(expect.stringContaining(ended));
    },
  );

  it.concurrent(
    'killed itself, and interrupted: each rerun goes on and the rows are the same',
    async () => {
      const data = freshData('cli');
      for (const moment of MOMENTS_OF_COMMAND) {
        const run = startCli(toRunArgs(example, data), allCores);
        await killAt(moment, data, () => (run.child.pid === undefined ? [] : [run.child.pid]), run);
        await run.result;
        await waitFor(() => findBroker(data).length === 0, {
          what: 'the broker to end with its parent',
          timeoutMs: 20_000,
        });
      }
      const run = startCli(toRunArgs(example, data), allCores);
      await waitForText(run, 'resuming run');
      await waitFor(() => findService(run.child.pid ?? 0, 'embedder').length > 0, {
        what: 'the embedder',
        timeoutMs: 60_000,
      });
      const askedAtMs = performance.now();
      process.kill(run.child.pid ?? 0, 'SIGINT');
      const stopped = await run.result;
      expect(stopped.exitCode, stopped.stderr).toBe(3);
      expect(performance.now() - askedAtMs).toBeLessThan(10_000);
      expectSameAsUndisturbed(data, await runCli(toRunArgs(example, data), allCores));
    },
  );
});
