import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, toVariables, type ServiceProcess } from './support/deployed-services.js';
import { dumpDatabases } from './support/dump-databases.js';
import { countVectors, makeExample, toRunArgs, type Example } from './support/example.js';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';
import { runCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const DONE_WITH_FAILURES = 1;

let folder: string;
let example: Example;
let broker: PlainBroker;
let services: ServiceProcess[] = [];

describe('embedders on hosts without the originals', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-bytes-'));
    example = await makeExample(folder, 4);
    broker = await startPlainBroker(folder);
    const arguments_ = ['--nats', broker.url, '--embedders', '1', '--bytes', 'object-store'];
    const provisioned = await runInProcess(['provision', ...arguments_]);
    expect(provisioned.exitCode, provisioned.stderr).toBe(0);
  });

  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('make the same rows out of what the broker lends them, failures included', async () => {
    const near = join(folder, 'near');
    const beside = await runInProcess(toRunArgs(example, near));
    expect(beside.exitCode, beside.stderr).toBe(DONE_WITH_FAILURES);

    const data = join(folder, 'data');
    const far = join(folder, 'far');
    const variables: Record<string, string> = {
      ...toVariables(example, data, broker.url),
      CULL_BYTES: 'object-store',
    };
    const { ['CULL_ORIGINALS']: _here, ...elsewhere } = variables;
    services = [
      ...(['extractor', 'predictor', 'writer', 'reporter'] as const).map((name) =>
        startService(name, variables),
      ),
      startService('embedder', { ...elsewhere, CULL_DATA: far }),
    ];
    const deployed = ['--nats', broker.url, '--services', 'deployed', '--bytes', 'object-store'];
    const run = await runCli([...toRunArgs(example, data), ...deployed]);
    expect(run.exitCode, run.stderr).toBe(DONE_WITH_FAILURES);
    expect(dumpDatabases(data)).toEqual(dumpDatabases(near));
    expect(countVectors(far)).toBe(countVectors(near));
    const bus = await broker.connect();
    expect((await bus.manager.streams.info('OBJ_cull_bytes')).state.bytes).toBe(0);
  });
});
