import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { consumeEach, consumerSpec, readAllEvents, type Consumption } from '@cullstream/bus';
import { TransientError } from '@cullstream/contracts';
import type { Summary } from '@cullstream/report';
import { drawPicture } from '@cullstream/examples';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepService, toVariables, type KeptService } from './support/deployed-services.js';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';
import { runCli } from './support/run-cli.js';

const hook = fileURLToPath(new URL('support/die-of-name.js', import.meta.url));
const mortal = ['embedder', 'predictor', 'writer'] as const;
const size = { widthPx: 240, heightPx: 280 };
const ACK_WAIT_NS = 2_000_000_000;
/** After so many deliveries an event is handled alone, and may end its process three times more. */
const DELIVERIES_AMONG_OTHERS = 5;
const DEATHS_ALONE = 3;
const MOST_DEATHS = DELIVERIES_AMONG_OTHERS + DEATHS_ALONE;

let folder: string;
let example: Example;
let broker: PlainBroker;
let services: KeptService[] = [];

/** So that a death costs less than ten seconds, and yet a service begins within it: else messages come twice. */
async function hastenDeliveries(): Promise<void> {
  const { consumers } = (await broker.connect()).manager;
  for (const name of mortal) {
    const { stream, durable } = consumerSpec(name);
    await consumers.update(stream, durable, { ack_wait: ACK_WAIT_NS });
  }
}

function start(name: (typeof mortal)[number] | 'extractor' | 'reporter'): KeptService {
  const variables = toVariables(example, join(folder, 'data'), broker.url);
  const service = keepService(name, { ...variables, NODE_OPTIONS: `--import=${hook}` });
  services.push(service);
  return service;
}

/** Hands every event of a service back until the one that kills it has had its deliveries among others. */
async function useUpDeliveries(name: (typeof mortal)[number]): Promise<void> {
  const bus = await broker.connect();
  const ref = consumerSpec(name);
  const consumption = await new Promise<Consumption>((resolve, reject) => {
    const consuming = consumeEach(bus, ref, { maxInFlight: 64 }, (delivery) => {
      const isDeadly = Buffer.from(delivery.data).includes(`kills-${name}`);
      if (isDeadly && delivery.deliveryCount >= DELIVERIES_AMONG_OTHERS) resolve(consuming);
      throw new TransientError('handed back', { retryAfterMs: 0 });
    });
    consuming.catch(reject);
  });
  await consumption.stop();
}

/** How often the stream of a service has the event that kills it. */
async function countDeadly(name: (typeof mortal)[number]): Promise<number> {
  const { stream } = consumerSpec(name);
  let count = 0;
  await readAllEvents(await broker.connect(), { stream, filter: '>' }, ({ data }) => {
    if (Buffer.from(data).includes(`kills-${name}`)) count += 1;
  });
  return count;
}

describe.skipIf(process.platform === 'win32')('images that end the process of a service', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-deadly-'));
    example = await makeExample(folder, 1);
    const loose = join(example.originals, 'loose');
    // Unlike the others: what the models say of it must not end the writer for them.
    const picture = await drawPicture({ scene: 9, variant: 0, ...size, format: 'png' });
    // The last stage's is the first, so that none waits for another's deaths.
    for (const [second, name] of [...mortal].reverse().entries()) {
      writeFileSync(join(loose, `20250704_00000${second}_stage1_kills-${name}.png`), picture);
    }
    broker = await startPlainBroker(folder);
    const provisioned = await runCli(['provision', '--nats', broker.url, '--embedders', '1']);
    expect(provisioned.exitCode, provisioned.stderr).toBe(0);
    await hastenDeliveries();
    services = [];
    start('extractor');
    start('reporter');
  });
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('fail alone, by name, and the batch goes on', async () => {
    const run = runCli([
      ...toRunArgs(example, join(folder, 'data')),
      ...['--nats', broker.url, '--services', 'deployed', '--json'],
    ]);
    const started = await Promise.all(
      mortal.map(async (name) => {
        await useUpDeliveries(name);
        return start(name);
      }),
    );
    const { exitCode, stdout, stderr } = await run;
    expect(exitCode, stderr).toBe(1);
    const { images, projects, dead_letters: letters } = JSON.parse(stdout) as Summary;
    expect(images).toMatchObject({ total: example.images + 3, failed: 3 });
    const failures = projects.flatMap((project) => project.failures);
    expect(failures.map(({ image }) => image).sort()).toEqual(
      [...mortal]
        .reverse()
        .map((name, second) => `20250704_00000${second}_stage1_kills-${name}.png`),
    );
    for (const { message } of failures) {
      expect(message).toMatch(/handling ended the process 3 times, after \d+ deliveries/);
    }
    expect(new Set(letters?.map(({ reason }) => reason))).toEqual(new Set(['never-finished']));
    for (const [index, name] of mortal.entries()) {
      expect(letters?.filter(({ stage }) => stage === name)).not.toEqual([]);
      expect(started[index]?.deaths).toBeGreaterThanOrEqual(DEATHS_ALONE);
      // A service that is killed, or that has its messages twice, publishes an image more than once.
      expect(started[index]?.deaths).toBeLessThanOrEqual(MOST_DEATHS * (await countDeadly(name)));
    }
  });
});
