import {
  consumeBatches,
  consumerBacklog,
  consumerSpec,
  isBrokerUnavailable,
  openRecords,
  readAllEvents,
  RUN_RECORDS,
  type Bus,
} from '@cullstream/bus';
import { type ServerExit } from '../src/index.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  imageSubject,
  newRun,
  numbered,
  publishTexts,
  startBrokerFixture,
  toText,
  withConsumer,
  type BrokerFixture,
} from './broker-fixture.js';

const DAY_MS = 86_400_000;
const SOON = { timeout: 60_000, interval: 50 };

describe('a nats-server that is killed and started again', () => {
  let fixture: BrokerFixture;
  let bus: Bus;
  let exited: Promise<ServerExit>;

  beforeEach(async () => {
    let onExit: (exit: ServerExit) => void = () => undefined;
    exited = new Promise((resolve) => {
      onExit = resolve;
    });
    fixture = await startBrokerFixture({ onExit: (exit) => onExit(exit) });
    bus = await fixture.connect();
  });
  afterEach(() => fixture.stop());

  async function killServer(): Promise<void> {
    process.kill(fixture.broker.pid, 'SIGKILL');
    expect(await exited).toEqual({ code: null, signal: 'SIGKILL' });
  }

  it('is away for whoever asks it meanwhile, and nothing else is', async () => {
    const records = await openRecords(bus, RUN_RECORDS, { parse: (value) => value });
    await killServer();
    const answer: unknown = await records.list().catch((error: unknown) => error);
    expect(isBrokerUnavailable(answer)).toBe(true);
    expect(isBrokerUnavailable(new Error('other', { cause: new RangeError('x') }))).toBe(false);
  });

  it('is found again after the clock was moved back', { timeout: 30_000 }, async () => {
    const connectedAgain = new Promise<void>((resolve) => bus.onReconnect(resolve));
    const now = Date.now.bind(Date);
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - DAY_MS);
    try {
      await killServer();
      await fixture.restart();
      await connectedAgain;
    } finally {
      clock.mockRestore();
    }
  });

  it('goes on delivering, and every message is handled', async () => {
    const run = newRun();
    const spec = consumerSpec('embedder', { run, maxAckPending: 32, ackWaitMs: 1_000 });
    await withConsumer(bus, spec);
    await publishTexts(bus, imageSubject(run), numbered(400));
    const handled = new Set<string>();
    const options = { maxBatch: 8, lingerMs: 0, workingEveryMs: 250 };
    const consumption = await consumeBatches(bus, spec, options, (deliveries) => {
      for (const { data } of deliveries) handled.add(toText(data));
      return Promise.resolve(deliveries.map(() => undefined));
    });
    await vi.waitFor(() => expect(handled.size).toBeGreaterThan(50), SOON);

    await killServer();
    await fixture.restart();
    await publishTexts(bus, imageSubject(run), ['after']);
    await vi.waitFor(() => expect(handled.size).toBe(401), SOON);
    await vi.waitFor(async () => {
      expect(await consumerBacklog(bus, spec)).toMatchObject({ pending: 0, ackPending: 0 });
    }, SOON);
    await consumption.stop();

    expect([...handled].sort()).toEqual([...numbered(400), 'after'].sort());
  });

  it('stores what was being published, each message once', async () => {
    const run = newRun();
    const subject = imageSubject(run);
    await withConsumer(bus, consumerSpec('embedder', { run, maxAckPending: 8 }));
    const publisher = bus.publisher({ maxInFlight: 16 });
    const texts = numbered(3_000);
    let stored = 0;

    const publications = Promise.all(
      texts.map(async (text) => {
        await publisher.publish(subject, Buffer.from(text), { id: `${subject}/${text}` });
        stored += 1;
      }),
    );
    publications.catch(() => undefined);
    await vi.waitFor(() => expect(stored).toBeGreaterThan(100), { ...SOON, interval: 1 });
    await killServer();
    await fixture.restart();
    await publications;

    const found: string[] = [];
    await readAllEvents(bus, { stream: 'IMAGES', filter: subject }, ({ data }) => {
      found.push(toText(data));
    });
    expect(found.sort()).toEqual([...texts].sort());
  });
});
