import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consumerSpec, readAllEvents, streams, type Bus } from '@cullstream/bus';
import { decodeEvent, toSubjectFilter } from '@cullstream/contracts';
import { writeZip } from '@cullstream/examples';
import { openRunRecords } from '@cullstream/runtime';
import { waitFor } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, toVariables, type ServiceProcess } from './support/deployed-services.js';
import {
  countVectors,
  drawVariants,
  makeEntries,
  makeExample,
  toRunArgs,
  type Example,
} from './support/example.js';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';
import { runCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

/** In each archive that is shared. */
const IMAGES = 1_000;
const LEAVE_WITHIN_MS = 10_000;
const { stream, durable } = consumerSpec('embedder');

let folder: string;
let example: Example;
let broker: PlainBroker;
let bus: Bus;
const services: ServiceProcess[] = [];

const toDataDir = (worker: string) => join(folder, worker);
/** Each keeps its vectors in a data folder of its own, where they can be counted. */
const startWorker = (worker: string): ServiceProcess => {
  const service = startService('embedder', toVariables(example, toDataDir(worker), broker.url));
  services.push(service);
  return service;
};

async function untilWaiting(embedders: number): Promise<void> {
  await waitFor(
    async () => (await bus.manager.consumers.info(stream, durable)).num_waiting >= embedders,
    { what: `${embedders} embedders to ask for work`, timeoutMs: 60_000 },
  );
}

async function untilSettled(): Promise<void> {
  await waitFor(
    async () => {
      const info = await bus.manager.consumers.info(stream, durable);
      return info.num_pending + info.num_ack_pending === 0;
    },
    { what: 'every image to be embedded', timeoutMs: 120_000, intervalMs: 100 },
  );
}

/** Begins a run and returns when all of it is published. */
async function begin(...more: string[]): Promise<string> {
  const data = toDataDir('run');
  const extractor = startService('extractor', toVariables(example, data, broker.url));
  const result = await runCli([
    ...toRunArgs(example, data),
    ...['--nats', broker.url, '--services', 'deployed', '--detach', '--json'],
    ...more,
  ]);
  expect(result.exitCode, result.stderr).toBe(0);
  const { run } = JSON.parse(result.stdout) as { run: string };
  const records = await openRunRecords(bus);
  await waitFor(async () => (await records.get(run))?.extractedAt, {
    what: 'every image to be published',
    timeoutMs: 60_000,
  });
  await extractor.stop();
  return run;
}

/** How many images of a run have an outcome of the embedders. */
async function embeddedImages(run: string): Promise<number> {
  const images = new Set<string>();
  const range = { stream: streams.embeddings.name, filter: toSubjectFilter('embeddings', run) };
  await readAllEvents(bus, range, ({ subject, data }) => {
    const event = decodeEvent(data);
    if ('sequence' in event) images.add(`${subject}/${event.sequence}`);
  });
  return images.size;
}

/** Writes an archive of images that no other has. Returns its project. */
async function addImages(day: number): Promise<string> {
  const project = `day-${day}`;
  const entries = makeEntries(await drawVariants(), 10 + day, Math.ceil(IMAGES / 3));
  await writeZip(join(example.originals, `${project}.zip`), entries, { stored: true });
  return project;
}

/** How many images of a project each of the workers embeds. */
async function share(workers: readonly string[], project: string): Promise<number[]> {
  const before = workers.map((worker) => countVectors(toDataDir(worker)));
  await begin('--only', project);
  await untilSettled();
  return workers.map((worker, nth) => countVectors(toDataDir(worker)) - (before[nth] ?? 0));
}

/** How far the furthest of the shares is from their mean, as a part of it. */
function toUnevenness(shares: readonly number[] = []): number {
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return Math.max(...shares.map((share) => Math.abs(share - mean))) / mean;
}

describe('embedders on equal hosts', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-spread-'));
    example = await makeExample(folder, 100);
    broker = await startPlainBroker(folder);
    bus = await broker.connect();
    const provisioned = await runInProcess(['provision', '--nats', broker.url, '--embedders', '2']);
    expect(provisioned.exitCode, provisioned.stderr).toBe(0);
  });

  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('share a thousand images evenly, to within ten per cent', async () => {
    const workers = ['one', 'two'];
    workers.forEach(startWorker);
    await untilWaiting(workers.length);
    // Both have loaded their model and are at full speed before it counts.
    await begin('--only', 'loose');
    await untilSettled();
    // Whatever else the machine does slows one of them: the most even of three shares counts.
    const tried: number[][] = [];
    do {
      tried.push(await share(workers, await addImages(tried.length)));
    } while (toUnevenness(tried.at(-1)) >= 0.1 && tried.length < 3);
    expect(
      Math.min(...tried.map(toUnevenness)),
      `vectors each: ${JSON.stringify(tried)}`,
    ).toBeLessThan(0.1);
  });

  it('take over what one held that was killed, and what one handed back that left', async () => {
    const [, leaving] = services;
    const killed = startWorker('three');
    await untilWaiting(3);
    const begun = begin('--only', 'loose', '--min-group-size', '3');
    await waitFor(() => countVectors(toDataDir('three')) > 0, {
      what: 'the third to be at work',
      timeoutMs: 60_000,
    });
    process.kill(killed.pid, 'SIGKILL');
    const askedAtMs = performance.now();
    await leaving?.stop();
    expect(performance.now() - askedAtMs).toBeLessThan(LEAVE_WITHIN_MS);
    expect(await leaving?.ended).toMatchObject({ exitCode: 0 });
    const run = await begun;
    await untilSettled();
    expect(await embeddedImages(run)).toBe(example.images / 3);
  });
});
