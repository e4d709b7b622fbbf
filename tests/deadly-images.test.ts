import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { consumerSpec } from '@cullstream/bus';
import type { Summary } from '@cullstream/report';
import { drawPicture } from '@cullstream/examples';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepService, toVariables } from './support/deployed-services.js';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';
import { runCli } from './support/run-cli.js';

const hook = fileURLToPath(new URL('support/die-of-name.js', import.meta.url));
const mortal = ['embedder', 'predictor', 'writer'] as const;
const size = { widthPx: 240, heightPx: 280 };
const ACK_WAIT_NS = 400_000_000;

let folder: string;
let example: Example;
let broker: PlainBroker;
let services: ReturnType<typeof keepService>[] = [];

/** So that a death costs less than ten seconds. */
async function hastenDeliveries(): Promise<void> {
  const { consumers } = (await broker.connect()).manager;
  for (const name of mortal) {
    const { stream, durable } = consumerSpec(name, { maxAckPending: 1 });
    await consumers.update(stream, durable, { ack_wait: ACK_WAIT_NS });
  }
}

describe.skipIf(process.platform === 'win32')('images that end the process of a service', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-deadly-'));
    example = await makeExample(folder, 1);
    const loose = join(example.originals, 'loose');
    // Unlike the others: what the models say of it must not end the writer for them.
    const picture = await drawPicture({ scene: 9, variant: 0, ...size, format: 'png' });
    for (const name of mortal) {
      writeFileSync(join(loose, `20250704_000000_stage1_kills-${name}.png`), picture);
    }
    broker = await startPlainBroker(folder);
    const provisioned = await runCli(['provision', '--nats', broker.url, '--embedders', '1']);
    expect(provisioned.exitCode, provisioned.stderr).toBe(0);
    await hastenDeliveries();
    const variables = toVariables(example, join(folder, 'data'), broker.url);
    services = (['extractor', ...mortal, 'reporter'] as const).map((name) =>
      keepService(name, { ...variables, NODE_OPTIONS: `--import=${hook}` }),
    );
  });
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('fail alone, by name, and the batch goes on', async () => {
    const { exitCode, stdout, stderr } = await runCli([
      ...toRunArgs(example, join(folder, 'data')),
      ...['--nats', broker.url, '--services', 'deployed', '--json'],
    ]);
    expect(exitCode, stderr).toBe(1);
    const { images, projects, dead_letters: letters } = JSON.parse(stdout) as Summary;
    expect(images).toMatchObject({ total: example.images + 3, failed: 3 });
    const failures = projects.flatMap((project) => project.failures);
    expect(failures.map(({ image }) => image).sort()).toEqual(
      mortal.map((name) => `20250704_000000_stage1_kills-${name}.png`),
    );
    for (const { message } of failures) {
      expect(message).toMatch(/handling ended the process 2 times, after \d+ deliveries/);
    }
    // One or two an image: a service that is killed may have published it twice.
    expect(letters?.length).toBeGreaterThanOrEqual(mortal.length);
    expect(new Set(letters?.map(({ reason }) => reason))).toEqual(new Set(['never-finished']));
  });
});
