import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  consumeEach,
  consumerSpec,
  openProjectClaims,
  readAllEvents,
  readLastEvent,
  streams,
  type Bus,
} from '@cullstream/bus';
import {
  decodeEvent,
  encodeEvent,
  toMessageId,
  toSubject,
  toSubjectFilter,
} from '@cullstream/contracts';
import { drawPicture, writeZip } from '@cullstream/examples';
import { writeDemoModels } from '@cullstream/inference';
import { openRunRecords, type RunRecords } from '@cullstream/runtime';
import { waitFor } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, toVariables, type ServiceProcess } from './support/deployed-services.js';
import { dumpLastRun } from './support/dump-databases.js';
import { makeEntries, toRunArgs, type Example } from './support/example.js';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';
import { signal } from './support/processes.js';
import { runInProcess } from './support/run-in-process.js';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 100 };
/** Groups of three images each. The large ones are more than is published ahead of embedders. */
const groups = { dora: 2, anna: 3, berta: 44, carla: 45 };
const projects = Object.keys(groups) as (keyof typeof groups)[];
const toImages = (project: keyof typeof groups) => 3 * groups[project];

let folder: string;
let data: string;
let example: Example;
let broker: PlainBroker;
let bus: Bus;
let records: RunRecords;
const services: ServiceProcess[] = [];

async function makeOriginals(): Promise<Example> {
  const originals = join(folder, 'originals');
  mkdirSync(originals);
  const picture = { scene: 7, widthPx: 24, heightPx: 28, format: 'png' } as const;
  const pictures = await Promise.all(
    [0, 1, 2].map((variant) => drawPicture({ ...picture, variant })),
  );
  for (const [day, project] of projects.entries()) {
    const entries = makeEntries(pictures, day + 1, groups[project]);
    await writeZip(join(originals, `${project}.zip`), entries);
  }
  const models = await writeDemoModels(join(folder, 'models'));
  return { originals, models, images: projects.map(toImages).reduce((sum, each) => sum + each) };
}

function start(name: Parameters<typeof startService>[0]): ServiceProcess {
  const service = startService(name, toVariables(example, data, broker.url));
  services.push(service);
  return service;
}

async function begin(...more: string[]): Promise<string> {
  const mode = ['--nats', broker.url, '--services', 'deployed', '--detach', '--json'];
  const { stdout, stderr, exitCode } = await runInProcess([
    ...toRunArgs(example, data),
    ...mode,
    ...more,
  ]);
  expect(exitCode, stderr).toBe(0);
  return (JSON.parse(stdout) as { run: string }).run;
}

/** The sequences of the images that are in the stream, by project, in its order. */
async function readPublished(run: string): Promise<Record<string, number[]>> {
  const published: Record<string, number[]> = {};
  const range = { stream: streams.images.name, filter: toSubjectFilter('images', run) };
  await readAllEvents(bus, range, ({ data: bytes }) => {
    const event = decodeEvent(bytes);
    if ('sequence' in event) (published[event.project.name] ??= []).push(event.sequence);
  });
  return published;
}

async function countPublished(run: string): Promise<number> {
  return Object.values(await readPublished(run)).flat().length;
}

/** Each image once, in the order of its project. */
const everything = Object.fromEntries(
  projects.map((project) => [project, Array.from({ length: toImages(project) }, (_, nth) => nth)]),
);

/** Until so many projects are claimed, and no more is published while nobody embeds. */
async function untilTheyWait(run: string, extractors: number): Promise<void> {
  const claims = await openProjectClaims(bus);
  if (claims === undefined) throw new Error('nobody may claim projects');
  let before = 0;
  await waitFor(
    async () => {
      const states = await Promise.all(projects.map((project) => claims.read({ run, project })));
      const now = await countPublished(run);
      const isSteady = now > 0 && now === before;
      before = now;
      return isSteady && states.filter((claim) => claim?.state === 'held').length === extractors;
    },
    { what: `${extractors} extractors that wait for embedders`, ...PATIENCE, intervalMs: 1_000 },
  );
}

async function untilExtracted(run: string): Promise<void> {
  await waitFor(async () => (await records.get(run))?.extractedAt, {
    what: 'all of a run to be published',
    ...PATIENCE,
  });
}

async function untilCompleted(run: string): Promise<void> {
  await waitFor(async () => (await records.get(run))?.state === 'completed', {
    what: 'the end of a run',
    ...PATIENCE,
  });
}

/** The project that an extractor has begun last. */
function readCurrent(extractor: ServiceProcess): string {
  const lines = extractor.log().split('\n');
  const begun = lines.findLast((line) => line.includes('"msg":"publishing"')) ?? '{}';
  return (JSON.parse(begun) as { project?: string }).project ?? '';
}

describe('several extractors', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-extractors-'));
    data = join(folder, 'data');
    example = await makeOriginals();
    broker = await startPlainBroker(folder);
    bus = await broker.connect();
    records = await openRunRecords(bus);
    const provisioned = await runInProcess(['provision', '--nats', broker.url]);
    expect(provisioned.exitCode, provisioned.stderr).toBe(0);
  });

  afterAll(async () => {
    for (const { pid } of services) signal(pid, 'SIGCONT');
    await Promise.all(services.map((service) => service.stop()));
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('find out by the stream that another one has published, and go on behind that', async () => {
    const extractor = start('extractor');
    const run = await begin('--only', 'carla');
    await untilTheyWait(run, 1);
    const subject = toSubject('images', run, 'carla');
    const last = await readLastEvent(bus, streams.images.name, subject);
    const event = last && decodeEvent(last.data);
    if (event?.type !== 'image.found') throw new Error('the last message is no image');
    const next = { ...event, sequence: event.sequence + 1 };
    const publisher = bus.publisher({ after: last?.sequence ?? 0 });
    await publisher.publish(subject, encodeEvent(next), { id: toMessageId(next) });
    const embedding = await consumeEach(bus, consumerSpec('embedder'), { maxInFlight: 8 }, () =>
      Promise.resolve(),
    );
    await untilExtracted(run);
    await embedding.stop();
    expect(extractor.log()).toContain('another extractor publishes');
    expect(await readPublished(run)).toEqual({ carla: everything['carla'] });
    await extractor.stop();
    const cancelled = await runInProcess(['cancel', run, '--data', data, '--nats', broker.url]);
    expect(cancelled.exitCode, cancelled.stderr).toBe(0);
  });

  it('publish each image of a run once, though one is killed and one sleeps and wakes up', async () => {
    const first = [start('extractor'), start('extractor')];
    const run = await begin();
    await untilTheyWait(run, 2);
    const published = await readPublished(run);
    const howFar = (each: ServiceProcess) => published[readCurrent(each)]?.length ?? 0;
    // The one that sleeps is within a project, and goes on with it when it wakes up.
    const [sleeping, killed] = first.toSorted((one, other) => howFar(other) - howFar(one));
    if (sleeping === undefined || killed === undefined) throw new Error('two were started');
    expect(howFar(sleeping)).toBeGreaterThan(0);
    process.kill(sleeping.pid, 'SIGSTOP');
    process.kill(killed.pid, 'SIGKILL');

    start('embedder');
    const third = start('extractor');
    await untilExtracted(run);
    expect(third.log().match(/"msg":"the project is taken over/g)).toHaveLength(2);
    expect(await readPublished(run)).toEqual(everything);

    const woken = sleeping.log().length;
    process.kill(sleeping.pid, 'SIGCONT');
    await waitFor(() => sleeping.log().slice(woken).includes('every image is published'), {
      what: 'the one that slept to see that all is done',
      ...PATIENCE,
    });
    expect(await readPublished(run)).toEqual(everything);

    for (const name of ['predictor', 'writer', 'reporter'] as const) start(name);
    await untilCompleted(run);
    const rows = dumpLastRun(data);
    // The same once more, by the two that are left, from the vectors that are there now.
    rmSync(join(data, 'training'), { recursive: true });
    const undisturbed = await begin();
    await untilCompleted(undisturbed);
    expect(await readPublished(undisturbed)).toEqual(everything);
    expect(dumpLastRun(data)).toEqual(rows);
  });
});
