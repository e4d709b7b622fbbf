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
import { allCores, runCli, startCli, type CliResult, type RunningCli } from './support/run-cli.js';

const GROUPS_PER_PROJECT = 24;
/** Moments of a run, as shares of its images whose vectors are stored. */
const MOMENTS = [0, 0.15, 0.35, 0.6, 0.85];
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
): Promise<void> {
  let ended = false;
  void run.result.then(() => (ended = true));
  await waitFor(
    () => ended || (countVectors(data) >= moment * example.images && victims().length > 0),
    { what: `${moment * 100} % of the vectors`, timeoutMs: 60_000 },
  );
  for (const pid of victims()) {
    try {
      process.kill(pid, 'SIGKILL');
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

  it.concurrent.each(['extractor', 'embedder', 'predictor', 'writer', 'reporter'])(
    'with the %s killed five times: the rows are those of an undisturbed run',
    async (service) => {
      const data = freshData(service);
      const run = startCli(toRunArgs(example, data), allCores);
      for (const moment of MOMENTS) {
        await killAt(moment, data, () => findService(run.child.pid ?? 0, service), run);
      }
      expectSameAsUndisturbed(data, await run.result);
      const ended = `the ${service} ended with signal SIGKILL and is started again`;
      expect(warningsIn(data)).toContainEqual(expect.stringContaining(ended));
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
    'killed itself five times: each rerun goes on and the rows are the same',
    async () => {
      const data = freshData('cli');
      for (const moment of MOMENTS) {
        const run = startCli(toRunArgs(example, data), allCores);
        await killAt(moment, data, () => (run.child.pid === undefined ? [] : [run.child.pid]), run);
        await run.result;
        await waitFor(() => findBroker(data).length === 0, {
          what: 'the broker to end with its parent',
          timeoutMs: 20_000,
        });
      }
      expectSameAsUndisturbed(data, await runCli(toRunArgs(example, data), allCores));
    },
  );

  it.concurrent(
    'interrupted, it stops within ten seconds at the first SIGINT, exits with 3, and goes on',
    async () => {
      const data = freshData('interrupt');
      const run = startCli(toRunArgs(example, data), allCores);
      await waitFor(() => countVectors(data) > example.images / 10, {
        what: 'some vectors',
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
