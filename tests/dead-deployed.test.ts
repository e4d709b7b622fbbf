import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceNames, startService, toVariables } from './support/deployed-services.js';
import { dumpDatabases } from './support/dump-databases.js';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';
import { pretendFailures } from './support/pretend-failures.js';
import { runCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

let folder: string;
let example: Example;
let data: string;
let broker: PlainBroker;
let services: ReturnType<typeof startService>[] = [];

/** Arguments of a command that leaves the work to the deployed services. */
const deployed = () => ['--nats', broker.url, '--services', 'deployed'];

describe('images that deployed services gave up', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-deployed-'));
    example = await makeExample(folder, 2);
    data = join(folder, 'data');
    broker = await startPlainBroker(folder);
    const provisioned = await runInProcess(['provision', '--nats', broker.url, '--embedders', '1']);
    expect(provisioned.exitCode, provisioned.stderr).toBe(0);
    const variables = toVariables(example, data, broker.url);
    services = serviceNames.map((name) => startService(name, variables));
    const run = await runCli([...toRunArgs(example, data), ...deployed()]);
    expect(run.exitCode, run.stderr).toBe(0);
  });

  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are tried again by those services, and are gone from the list when they succeed', async () => {
    const before = dumpDatabases(data);
    pretendFailures(join(data, 'training/ai_training_decisions/second.db'), 1);
    const [, ...options] = toRunArgs(example, data);
    const retried = await runCli(['dead', 'retry', ...options, ...deployed(), '--json']);
    expect(retried.exitCode, retried.stderr).toBe(0);
    expect(JSON.parse(retried.stdout)).toEqual({ tried: 1, repaired: 1, failed: [] });
    const listed = await runInProcess([
      'dead',
      'list',
      '--data',
      data,
      '--nats',
      broker.url,
      '--json',
    ]);
    expect(JSON.parse(listed.stdout)).toEqual({ entries: [] });
    expect(dumpDatabases(data)).toEqual(before);
  });

  it('are not tried again by services of the command, which would work beside them', async () => {
    pretendFailures(join(data, 'training/ai_training_decisions/second.db'), 1);
    const [, ...options] = toRunArgs(example, data);
    const refused = await runCli(['dead', 'retry', ...options, '--nats', broker.url]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('say --services deployed');
  });
});
