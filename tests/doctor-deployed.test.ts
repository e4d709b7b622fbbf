import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';
import { runInProcess } from './support/run-in-process.js';

let folder: string;
let broker: PlainBroker;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-doctor-deployed-'));
  await runInProcess(['keys', '--out', join(folder, 'keys')]);
  broker = await startPlainBroker(folder, undefined, join(folder, 'keys/authorization.conf'));
});
afterAll(async () => {
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What doctor finds of the broker of a deployment. */
async function findBroker(...access: string[]): Promise<{ state: string; message: string }> {
  const data = ['--data', join(folder, 'data'), '--cache', join(folder, 'cache')];
  const { stdout } = await runInProcess([
    'doctor',
    '--json',
    ...data,
    '--nats',
    broker.url,
    ...access,
  ]);
  const { findings } = JSON.parse(stdout) as {
    findings: { check: string; state: string; message: string }[];
  };
  const found = findings.find(({ check }) => check === 'broker');
  if (found === undefined) throw new Error(`doctor says nothing of the broker: ${stdout}`);
  return found;
}

it('the doctor gets in at the broker of a deployment by the operator’s key', async () => {
  const found = await findBroker('--nats-seed-file', join(folder, 'keys/operator.seed'));
  expect(found).toMatchObject({
    state: 'ok',
    message: expect.stringContaining(broker.url) as string,
  });
});

it('and tells who has none that it is refused', async () => {
  expect(await findBroker()).toMatchObject({ state: 'error' });
});
