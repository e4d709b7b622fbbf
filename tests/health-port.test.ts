import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '@cullstream/testing';
import { makeExample, toRunArgs } from './support/example.js';
import { startCli } from './support/run-cli.js';
import { freePort } from '@cullstream/bus';

const DONE_WITH_FAILURES = 1;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-ports-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function serviceAt(port: number): Promise<string | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  return /service="(\w+)"/.exec(await answer.text())?.[1];
}

it('gives every service of a run a port of its own from CULL_HEALTH_PORT on', async () => {
  const example = await makeExample(folder, 40);
  // Those behind it are hoped to be free.
  const first = Math.min(await freePort(), 60_000);
  const run = startCli(toRunArgs(example, join(folder, 'data')), {
    CULL_HEALTH_PORT: String(first),
  });
  const services = ['reporter', 'writer', 'predictor', 'extractor', 'embedder'];
  const found = new Map<number, string>();
  // One by one: a short run may be at its end before the last has begun.
  await waitFor(
    async () => {
      for (const offset of services.keys()) {
        const name = await serviceAt(first + offset).catch(() => undefined);
        if (name !== undefined) found.set(offset, name);
      }
      return found.size === services.length;
    },
    { what: 'the metrics of five services', timeoutMs: 60_000 },
  );
  expect(services.map((_, offset) => found.get(offset))).toEqual(services);
  const result = await run.result;
  expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
});
