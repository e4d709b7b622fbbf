import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '@cullstream/testing';
import { dumpLastRun } from '../support/dump-databases.js';
import { countVectors, makeExample, toRunArgs, type Example } from '../support/example.js';
import { findBroker } from '../support/processes.js';
import { runCli, startCli } from '../support/run-cli.js';
import { runInProcess } from '../support/run-in-process.js';

const DONE_WITH_FAILURES = 1;
const GROUPS_PER_PROJECT = 4;

/** In the state of a consumer, a number of which the server then takes far too much memory. */
function damageConsumers(store: string): number {
  const states = readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('o.dat'),
  );
  for (const name of states) {
    const bytes = readFileSync(join(store, name));
    bytes[3] = (bytes[3] ?? 0) ^ 0xff;
    writeFileSync(join(store, name), bytes);
  }
  return states.length;
}

describe.skipIf(process.platform !== 'linux')('a run whose broker’s store is damaged', () => {
  let folder: string;
  let example: Example;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-store-'));
    example = await makeExample(folder, GROUPS_PER_PROJECT);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('in the middle, begins again on a new one and ends as if nothing had been', async () => {
    const data = join(folder, 'data');
    const store = join(data, '.cullstream/broker');
    const run = startCli(toRunArgs(example, data));
    await waitFor(() => countVectors(data) > example.images / 3, {
      what: 'a third of the vectors',
      timeoutMs: 60_000,
    });
    process.kill(run.child.pid ?? 0, 'SIGKILL');
    await run.result;
    await waitFor(() => findBroker(data).length === 0, {
      what: 'the end of the broker',
      timeoutMs: 20_000,
    });
    expect(damageConsumers(store)).toBeGreaterThan(0);

    const again = await runCli(toRunArgs(example, data));

    expect(again.exitCode, again.stderr).toBe(DONE_WITH_FAILURES);
    expect(again.stderr).toMatch(/the store of the broker is damaged: it is kept as .*\.damaged-/);
    expect(again.stdout + again.stderr).not.toMatch(/goroutine|fatal error|panic/);
    const undisturbed = join(folder, 'undisturbed');
    await runInProcess(toRunArgs(example, undisturbed));
    expect(dumpLastRun(data)).toEqual(dumpLastRun(undisturbed));
  });
});
