import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ensureWriterConsumers,
  readLastEvent,
  streams,
  toProjectSlot,
  type Bus,
} from '@cullstream/bus';
import { setUpBroker } from '@cullstream/broker';
import { decodeEvent, encodeEvent, toMessageId, toSubject } from '@cullstream/contracts';
import { openProjectDatabase } from '@cullstream/store';
import { waitFor } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictedImages } from '../libs/store/src/testing/image-results.js';
import { startService, type ServiceProcess } from './support/deployed-services.js';
import { dumpDatabases } from './support/dump-databases.js';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';

const RUN = '20260131T094500Z-k3x9';
const GROUPS = 40;
const ACK_WAIT = { ackWaitMs: 3_000 };
const PATIENCE = { timeoutMs: 60_000, intervalMs: 50 };
const REFUSED = 'another writer works on it';
const projects = ['anna', 'berta', 'carla', 'dora', 'emma', 'frida'];

let folder: string;
let data: string;
let broker: PlainBroker;
let bus: Bus;
const writers: ServiceProcess[] = [];

const toEvents = (project: string) =>
  predictedImages({ project, groupSizes: Array.from({ length: GROUPS }, () => 3) });

function startWriter(): ServiceProcess {
  const writer = startService('writer', { CULL_NATS_URL: broker.url, CULL_DATA: data });
  writers.push(writer);
  return writer;
}

/** The partitions that a writer last said it works for. */
function readShare(writer: ServiceProcess): number[] {
  const told = [...writer.log().matchAll(/"partitions":(\[[\d,]*\])/g)].at(-1)?.[1];
  return JSON.parse(told ?? '[]') as number[];
}

async function untilShared(among: readonly ServiceProcess[], shares: string): Promise<void> {
  await waitFor(
    () =>
      among
        .map((each) => readShare(each).join())
        .toSorted()
        .join(' ') === shares,
    {
      what: `writers that share as ${shares}`,
      ...PATIENCE,
    },
  );
}

/** Publishes part of the results of projects, one after another. */
async function publish(names: readonly string[], from = 0, to = 1): Promise<void> {
  const publisher = bus.publisher();
  for (const project of names) {
    const events = toEvents(project);
    const part = events.slice(events.length * from, events.length * to);
    const subject = toSubject('predictions', RUN, project);
    await Promise.all(
      part.map((event) =>
        publisher.publish(subject, encodeEvent(event), { id: toMessageId(event) }),
      ),
    );
  }
}

/** How many images are stored, as the reporter is told last. */
async function readCount(project: string, type = 'project.progressed'): Promise<number> {
  const subject = toSubject('results', RUN, project, type);
  const last = await readLastEvent(bus, streams.results.name, subject);
  if (last === undefined) return 0;
  const event = decodeEvent(last.data);
  return 'counts' in event ? event.counts.embedded : 0;
}

async function untilComplete(names: readonly string[]): Promise<void> {
  const isComplete = async (project: string) =>
    (await readCount(project, 'project.completed')) === toEvents(project).length;
  await waitFor(async () => (await Promise.all(names.map(isComplete))).every(Boolean), {
    what: `${names.join()} complete`,
    ...PATIENCE,
  });
}

/** The rows are those that one writer stores, and the last counts are the whole. */
async function expectRowsOfOneWriter(names: readonly string[]): Promise<void> {
  const alone = mkdtempSync(join(folder, 'alone-'));
  for (const project of names) {
    const database = await openProjectDatabase({ dataDir: alone, project });
    database.apply(toEvents(project), new Date());
    database.close();
    expect(await readCount(project)).toBe(toEvents(project).length);
  }
  expect(dumpDatabases(data)).toEqual(dumpDatabases(alone));
}

describe('several writers', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-writers-'));
    data = join(folder, 'data');
    mkdirSync(data);
    broker = await startPlainBroker(folder);
    bus = await broker.connect();
    await setUpBroker(bus);
  });

  afterAll(async () => {
    for (const { pid } of writers) tryKill(pid, 'SIGCONT');
    await Promise.all(writers.map((writer) => writer.stop()));
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('take over from one that is killed, and from those of another number', async () => {
    await ensureWriterConsumers(bus, 3, ACK_WAIT);
    await publish(projects, 0, 0.25);
    await ensureWriterConsumers(bus, 2, ACK_WAIT);
    const [first, second] = [startWriter(), startWriter()];
    await untilShared([first, second], '1 2');
    await publish(projects, 0.25, 0.5);
    process.kill(first.pid, 'SIGKILL');
    await publish(projects, 0.5, 1);
    await untilComplete(projects);
    expect(readShare(second)).toEqual([1, 2]);
    expect(first.log() + second.log()).not.toContain(REFUSED);
    await expectRowsOfOneWriter(projects);
  });

  it('never write one database, also where one is stopped and its place is taken', async () => {
    const [stopped] = writers.slice(1);
    if (stopped === undefined) throw new Error('no writer is left');
    const held = 'gerda';
    const other = 'hanna';
    expect(toProjectSlot(held)).not.toBe(toProjectSlot(other));
    // The first results make the database, and from the next ones on it is open.
    for (const part of [0.25, 0.5]) {
      await publish([held], part - 0.25, part);
      await waitFor(async () => (await readCount(held)) === toEvents(held).length * part, {
        what: `${part} of a project`,
        ...PATIENCE,
      });
    }
    process.kill(stopped.pid, 'SIGSTOP');
    // Nobody else would work on its partitions before it has ended.
    rmSync(join(data, '.cullstream/writers/of-2'), { recursive: true });
    const successor = startWriter();
    await untilShared([successor], '1,2');
    await publish([held], 0.5, 1);
    await publish([other]);
    await untilComplete([other]);
    await waitFor(() => successor.log().includes(REFUSED), {
      what: 'a writer that is refused',
      ...PATIENCE,
    });
    expect(await readCount(held)).toBe(toEvents(held).length / 2);
    process.kill(stopped.pid, 'SIGCONT');
    await untilComplete([held]);
    await untilShared([stopped, successor], '1 2');
    await expectRowsOfOneWriter([...projects, held, other]);
  });
});

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
