import {
  chmod,
  cp,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { connectBus, consumerSpec, ensureStreams } from '@cullstream/bus';
import { startEmbeddedBroker, type EmbeddedBroker, type NatsServerBinary } from '../src/index.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  imageSubject,
  natsServer,
  newRun,
  numbered,
  publishTexts,
  silent,
  withConsumer,
} from './broker-fixture.js';

const STREAM = 'jetstream/jetstream/$G/streams/IMAGES';
const MESSAGES = 40;

async function flipByte(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  await writeFile(path, bytes);
}

async function putFileInPlace(path: string): Promise<void> {
  await rm(path, { recursive: true });
  await writeFile(path, 'not a folder');
}

/** A store in its own folder, so that the renamed store lies beside it. */
async function makeStoreDir(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'cull-damaged-')), 'broker');
}

async function listSetAside(storeDir: string): Promise<string[]> {
  const names = await readdir(dirname(storeDir));
  return names.filter((name) => name.startsWith(`${basename(storeDir)}.damaged-`));
}

describe('a store of the embedded broker', () => {
  let binary: NatsServerBinary;
  let storeDir: string;
  let broker: EmbeddedBroker | undefined;
  let sound: string;
  let durable: string;

  beforeAll(async () => {
    binary = await natsServer();
    storeDir = sound = await makeStoreDir();
    durable = await fillStore();
    broker = undefined;
  });
  afterAll(() => rm(dirname(sound), { recursive: true, force: true }));
  afterEach(async () => {
    await broker?.stop();
    broker = undefined;
    await rm(dirname(storeDir), { recursive: true, force: true });
  });

  const warnings: string[] = [];
  const log = {
    ...silent,
    warn: (_fields: object, message: string) => void warnings.push(message),
  };

  async function start(program = binary): Promise<EmbeddedBroker> {
    warnings.length = 0;
    broker = await startEmbeddedBroker({ storeDir, binary: program, log });
    return broker;
  }

  async function connect({ url, credentials }: EmbeddedBroker) {
    return connectBus({
      url,
      credentials,
      name: 'test',
      log: silent,
      firstConnectTimeoutMs: 10_000,
    });
  }

  /** Some messages, of which a consumer has handled all but the last few. */
  async function fillStore(): Promise<string> {
    const first = await start();
    const bus = await connect(first);
    const run = newRun();
    const spec = await withConsumer(bus, consumerSpec('embedder', { run, maxAckPending: 64 }));
    await publishTexts(bus, imageSubject(run), numbered(MESSAGES));
    const consumer = await bus.jetstream.consumers.get('IMAGES', spec.durable);
    const messages = await consumer.fetch({ max_messages: MESSAGES - 5, expires: 5_000 });
    let count = 0;
    for await (const message of messages) if (count++ % 2 === 0) await message.ackAck();
    await bus.close();
    await first.stop();
    return spec.durable;
  }

  async function copyStore(): Promise<{ state: string }> {
    storeDir = await makeStoreDir();
    await cp(sound, storeDir, { recursive: true });
    return { state: join(storeDir, STREAM, 'obs', durable) };
  }

  type Store = Awaited<ReturnType<typeof copyStore>>;
  const damages: readonly [string, (store: Store) => Promise<void>][] = [
    [
      'a byte flipped in the state of a consumer: crash',
      ({ state }) => flipByte(join(state, 'o.dat'), 3),
    ],
    [
      'a byte flipped in the state of a consumer: refused',
      ({ state }) => flipByte(join(state, 'o.dat'), 0),
    ],
    ['the state of a consumer cut short', ({ state }) => truncate(join(state, 'o.dat'), 5)],
    [
      'a stream whose settings are damaged',
      () => writeFile(join(storeDir, STREAM, 'meta.inf'), '{"'),
    ],
    ['a stream whose settings are empty', () => truncate(join(storeDir, STREAM, 'meta.inf'))],
    ['messages cut short', () => truncate(join(storeDir, STREAM, 'msgs/1.blk'), 200)],
    [
      'messages overwritten',
      () => writeFile(join(storeDir, STREAM, 'msgs/1.blk'), Buffer.alloc(999, 0xff)),
    ],
    ['a file in place of all streams', () => putFileInPlace(dirname(join(storeDir, STREAM)))],
    ['a file in place of a stream', () => putFileInPlace(join(storeDir, STREAM))],
    ['a file in place of its messages', () => putFileInPlace(join(storeDir, STREAM, 'msgs'))],
    ['a file in place of what the server keeps', () => putFileInPlace(join(storeDir, 'jetstream'))],
    ['a file in place of the whole', () => putFileInPlace(storeDir)],
  ];

  it.each(damages)('is kept aside and made anew: %s', async (_what, damage) => {
    const store = await copyStore();
    await damage(store);

    const anew = await start();

    const [aside = '', ...others] = await listSetAside(storeDir);
    expect(others).toEqual([]);
    expect(anew.setAside).toBe(join(dirname(storeDir), aside));
    expect(warnings).toEqual([
      `the store of the broker is damaged: it is kept as ${anew.setAside ?? ''}, and a new one ` +
        'takes its place',
    ]);
    expect(await readdir(join(dirname(storeDir), aside))).not.toEqual([]);
    const bus = await connect(anew);
    await ensureStreams(bus);
    expect((await bus.manager.streams.info('IMAGES')).state.messages).toBe(0);
    await bus.close();
  });

  it('that is sound is used again', async () => {
    await copyStore();

    expect((await start()).setAside).toBeUndefined();
    expect(await listSetAside(storeDir)).toEqual([]);
  });

  it('is not blamed for a program that crashes on any', async () => {
    await copyStore();
    const path = join(dirname(storeDir), 'nats-server');
    await writeFile(path, '#!/bin/sh\necho "panic: no luck today" >&2\nexit 2\n');
    await chmod(path, 0o755);

    await expect(start({ ...binary, path })).rejects.toThrow(
      'does not start on an empty store either',
    );

    expect(await listSetAside(storeDir)).toEqual([]);
    expect((await stat(join(storeDir, STREAM, 'msgs/1.blk'))).size).toBeGreaterThan(0);
  });

  it.each([
    ['a full disk', '[FTL] Can not start JetStream: write file: no space left on device'],
    ['missing rights', '[FTL] Can not start JetStream: open file: permission denied'],
    ['a full disk, with a crash', 'panic: write file: no space left on device'],
  ])('is not blamed for %s', async (_what, said) => {
    await copyStore();
    const path = join(dirname(storeDir), 'nats-server');
    await writeFile(path, `#!/bin/sh\necho "${said}" >&2\nexit 1\n`);
    await chmod(path, 0o755);

    await expect(start({ ...binary, path })).rejects.toThrow(/did not start in .*; its log is /);

    expect(await listSetAside(storeDir)).toEqual([]);
  });
});
