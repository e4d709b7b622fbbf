import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '@cullstream/testing';
import { makeExample, toRunArgs } from './support/example.js';
import { startCli } from './support/run-cli.js';

const DONE_WITH_FAILURES = 1;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-ports-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A port that was free a moment ago; those behind it are hoped to be. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return Math.min(port, 60_000);
}

async function serviceAt(port: number): Promise<string | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  return /service="(\w+)"/.exec(await answer.text())?.[1];
}

it('gives every service of a run a port of its own from CULL_HEALTH_PORT on', async () => {
  const example = await makeExample(folder, 12);
  const first = await freePort();
  const run = startCli(toRunArgs(example, join(folder, 'data')), {
    CULL_HEALTH_PORT: String(first),
  });
  const ports = [0, 1, 2, 3, 4].map((offset) => first + offset);
  const found = await waitFor(async () => Promise.all(ports.map(serviceAt)), {
    what: 'the metrics of five services',
    timeoutMs: 60_000,
  });
  expect(found).toEqual(['reporter', 'writer', 'predictor', 'extractor', 'embedder']);
  const result = await run.result;
  expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
});
