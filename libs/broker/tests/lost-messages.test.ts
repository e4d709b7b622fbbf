import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connectBus, consumerSpec, type Bus } from '@cullstream/bus';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Broker } from '../src/broker.js';
import { keepBrokerAlive } from '../src/keep-broker-alive.js';
import { keepBrokerReadable } from '../src/keep-broker-readable.js';
import {
  imageSubject,
  natsServer,
  newRun,
  numbered,
  publishTexts,
  silent,
  withConsumer,
} from './broker-fixture.js';

const STREAMS = 'broker/jetstream/jetstream/$G/streams';
const MESSAGES = 40;
const log = pino({ level: 'silent' });

/** Changes stored bytes, so that the checksum of a message is wrong when it is read. */
async function spoil(dataDir: string, stream: string, text: string): Promise<void> {
  const path = join(dataDir, STREAMS, stream, 'msgs/1.blk');
  const bytes = await readFile(path);
  const at = bytes.lastIndexOf(text);
  expect(at).toBeGreaterThan(0);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  await writeFile(path, bytes);
}

describe('a message that the broker cannot read while it is used', () => {
  let sound: string;
  let durable: string;
  let dataDir: string;
  let broker: Broker | undefined;
  let bus: Bus | undefined;

  async function start(): Promise<{ broker: Broker; bus: Bus }> {
    const binary = await natsServer();
    broker = await keepBrokerAlive({ dataDir, storeDir: join(dataDir, 'broker'), binary, log });
    const { url, credentials } = broker;
    bus = await connectBus({ url, credentials, name: 'test', log: silent });
    return { broker, bus };
  }

  async function stop(): Promise<void> {
    await bus?.close();
    await broker?.stop();
  }

  beforeAll(async () => {
    sound = dataDir = join(await mkdtemp(join(tmpdir(), 'cull-lost-')), 'data');
    const { bus } = await start();
    const run = newRun();
    const scope = { run, maxAckPending: MESSAGES, ackWaitMs: 500 };
    ({ durable } = await withConsumer(bus, consumerSpec('embedder', scope)));
    await publishTexts(bus, imageSubject(run), numbered(MESSAGES));
    // As if a service was killed while it held all of them.
    const consumer = await bus.jetstream.consumers.get('IMAGES', durable);
    const held = await consumer.fetch({ max_messages: MESSAGES, expires: 5_000 });
    for await (const { seq } of held) expect(seq).toBeGreaterThan(0);
    await publishTexts(bus, `cull.results.${run}.p.project.discovered`, ['early']);
    await publishTexts(bus, `cull.results.${run}.q.project.discovered`, ['late']);
    await stop();
  });
  afterAll(() => rm(dirname(sound), { recursive: true, force: true }));
  afterEach(async () => {
    await stop();
    await rm(dirname(dataDir), { recursive: true, force: true });
  });

  async function copySound(): Promise<void> {
    dataDir = join(await mkdtemp(join(tmpdir(), 'cull-lost-')), 'data');
    await cp(sound, dataDir, { recursive: true });
  }

  /** Acknowledges all messages that are delivered, as a service does. */
  async function consume(bus: Bus): Promise<void> {
    const consumer = await bus.jetstream.consumers.get('IMAGES', durable);
    const messages = await consumer.consume({ max_messages: 10 });
    for await (const message of messages) message.ack();
  }

  it.each([
    ['in the middle of what is to be delivered again', 'IMAGES', 'm30'],
    ['where no consumer is, and another stands behind it', 'RESULTS', 'early'],
  ])('ends the work with a sentence, and the store is kept: %s', async (_, stream, text) => {
    await copySound();
    await spoil(dataDir, stream, text);
    const { broker, bus } = await start();
    void consume(bus).catch(() => undefined);
    const unwatch = keepBrokerReadable(bus, broker, { everyMs: 100 });
    await expect(broker.failed).rejects.toThrow(
      /store of the broker was damaged while it was used, and is kept as .*; the same command begins with a new one/,
    );
    unwatch();
    expect((await readdir(dataDir)).filter((name) => name.includes('.damaged-'))).toHaveLength(1);
  });

  it('is not suspected where nothing happens', async () => {
    await copySound();
    const { bus } = await start();
    let looks = 0;
    let restarts = 0;
    const restart = () => {
      restarts++;
      return Promise.resolve();
    };
    const ask = bus.manager.streams.getMessage.bind(bus.manager.streams);
    bus.manager.streams.getMessage = (...given) => {
      looks++;
      return ask(...given);
    };
    const unwatch = keepBrokerReadable(bus, { restart }, { everyMs: 50 });
    await expect.poll(() => looks).toBeGreaterThan(6);
    unwatch();
    expect(restarts).toBe(0);
  });
});
