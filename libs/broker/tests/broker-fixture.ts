import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  connectBus,
  consumerBacklog,
  consumerSpec,
  ensureConsumer,
  ensureStreams,
  listDeadLetters,
  type Bus,
  type BusLog,
  type ConsumerSpec,
  type StoredDeadLetter,
} from '@cullstream/bus';
import {
  findNatsServer,
  startEmbeddedBroker,
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
  type NatsServerBinary,
} from '../src/index.js';
import { afterAll, beforeAll, expect, vi } from 'vitest';

export const silent: BusLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const cacheDir = fileURLToPath(
  new URL('../../../node_modules/.cache/cullstream/', import.meta.url),
);

export function natsServer(): Promise<NatsServerBinary> {
  const { NATS_SERVER_BIN, PATH } = process.env;
  return findNatsServer({
    env: { NATS_SERVER_BIN, PATH },
    cacheDir,
    log: silent,
    platform: { os: process.platform, arch: process.arch },
  });
}

export interface BrokerFixture {
  readonly broker: EmbeddedBroker;
  readonly storeDir: string;
  connect(name?: string): Promise<Bus>;
  /** Starts the server again on the same store, port and credentials. */
  restart(): Promise<EmbeddedBroker>;
  stop(): Promise<void>;
}

/** A real nats-server with a store of its own, and connections that are closed with it. */
export async function startBrokerFixture(
  options: Partial<EmbeddedBrokerOptions> = {},
): Promise<BrokerFixture> {
  const storeDir = await mkdtemp(join(tmpdir(), 'cull-bus-'));
  const binary = await natsServer();
  const brokers = [await startEmbeddedBroker({ storeDir, binary, log: silent, ...options })];
  const [broker] = brokers as [EmbeddedBroker];
  const buses: Bus[] = [];
  return {
    broker,
    storeDir,
    async connect(name = 'test') {
      const { url, credentials } = broker;
      const bus = await connectBus({
        url,
        credentials,
        name,
        log: silent,
        firstConnectTimeoutMs: 10_000,
      });
      buses.push(bus);
      return bus;
    },
    async restart() {
      const { port, credentials } = broker;
      const again = await startEmbeddedBroker({
        storeDir,
        binary,
        log: silent,
        port,
        credentials,
      });
      brokers.push(again);
      return again;
    },
    async stop() {
      await Promise.all(buses.map((bus) => bus.close()));
      for (const started of brokers.reverse()) await started.stop();
      await rm(storeDir, { recursive: true, force: true });
    },
  };
}

/** Each test has its own run: tests share a server but do not see each other's messages. */
export function newRun(): string {
  return `20260131T094500Z-${randomBytes(2).toString('hex')}`;
}

export function imageSubject(run: string, project = 'p'): string {
  return `cull.images.${run}.${project}`;
}

export async function publishTexts(
  bus: Bus,
  subject: string,
  texts: readonly string[],
): Promise<void> {
  const publisher = bus.publisher();
  for (const text of texts) {
    await publisher.send(subject, Buffer.from(text), { id: `${subject}/${text}` });
  }
  await publisher.flush();
}

export async function withConsumer(bus: Bus, spec: ConsumerSpec): Promise<ConsumerSpec> {
  await ensureStreams(bus);
  await ensureConsumer(bus, spec);
  return spec;
}

export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `m${index}`);
}

export function toText(data: Uint8Array): string {
  return Buffer.from(data).toString('utf8');
}

/** A promise that the test settles. */
export function createGate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** A run with these messages, and a consumer for it alone. */
export async function startRun(
  bus: Bus,
  texts: readonly string[],
  scope: { maxAckPending?: number; ackWaitMs?: number } = {},
): Promise<{ spec: ConsumerSpec; subject: string }> {
  const run = newRun();
  const subject = imageSubject(run);
  const spec = consumerSpec('embedder', { run, maxAckPending: 64, ...scope });
  await withConsumer(bus, spec);
  await publishTexts(bus, subject, texts);
  return { spec, subject };
}

export const SOON = { timeout: 30_000, interval: 20 };

export async function untilDrained(bus: Bus, spec: ConsumerSpec): Promise<void> {
  await vi.waitFor(async () => {
    expect(await consumerBacklog(bus, spec)).toMatchObject({ pending: 0, ackPending: 0 });
  }, SOON);
}

export async function listLetters(bus: Bus, spec: ConsumerSpec): Promise<StoredDeadLetter[]> {
  return (await listDeadLetters(bus)).filter(({ consumer }) => consumer === spec.durable);
}

/**
 * Starts a broker for the tests around this call, with streams to publish to.
 * @param onConnected is called with the connection before the first test
 * @returns a function that gives access to it within a test
 */
export function useBroker(onConnected: (bus: Bus) => unknown): () => BrokerFixture {
  let fixture: BrokerFixture | undefined;
  const started = (): BrokerFixture => {
    if (fixture === undefined) throw new Error('the broker is started before the first test');
    return fixture;
  };
  beforeAll(async () => {
    fixture = await startBrokerFixture();
    await onConnected(await fixture.connect());
  });
  afterAll(() => started().stop());
  return started;
}
