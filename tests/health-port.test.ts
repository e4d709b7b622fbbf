import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '@cullstream/testing';
import { makeExample, toRunArgs } from './support/example.js';
import { holdService } from './support/processes.js';
import { startCli } from './support/run-cli.js';

const DONE_WITH_FAILURES = 1;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-ports-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The first of so many free ports in a row, below those that systems hand out for connections. */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(20_000, 30_000);
    const free: boolean[] = [];
    for (let offset = 0; offset < count; offset++) free.push(await isFree(first + offset));
    if (free.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port);
  try {
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}

async function serviceAt(port: number): Promise<string | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  return /service="(\w+)"/.exec(await answer.text())?.[1];
}

it('gives every service of a run a port of its own from CULL_HEALTH_PORT on', async () => {
  const example = await makeExample(folder, 4);
  const services = ['reporter', 'writer', 'predictor', 'extractor', 'embedder'];
  const first = await freePorts(services.length);
  const run = startCli(toRunArgs(example, join(folder, 'data')), {
    CULL_HEALTH_PORT: String(first),
  });
  let ended: string | undefined;
  void run.result.then(({ stderr }) => (ended = stderr));
  const nameAt = (offset: number) =>
    waitFor(
      async () => {
        if (ended !== undefined) return `none, for the run has ended: ${ended}`;
        return await serviceAt(first + offset);
      },
      { what: `the metrics of the ${services[offset] ?? ''}`, timeoutMs: 60_000 },
    );
  // Without it the run stays under way, however short it is.
  const ending = services.indexOf('extractor');
  expect(await nameAt(ending)).toBe('extractor');
  const release = await holdService(run.child.pid ?? 0, 'extractor');
  const others = services.filter((name) => name !== 'extractor');
  const found = await Promise.all(others.map((name) => nameAt(services.indexOf(name))));
  release();
  expect(found).toEqual(others);
  const result = await run.result;
  expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
});
