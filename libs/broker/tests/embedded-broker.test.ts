import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connectBus, ensureStreams, readLastEvent } from '@cullstream/bus';
import { describe, expect, it } from 'vitest';
import { startEmbeddedBroker, type EmbeddedBroker } from '../src/index.js';
import { imageSubject, newRun, publishTexts, silent, toText } from './broker-fixture.js';
import { isAlive, useStore } from './use-store.js';

describe.skipIf(process.platform !== 'linux')('the embedded broker', () => {
  const store = useStore();

  function connect({ url, credentials }: Pick<EmbeddedBroker, 'url' | 'credentials'>) {
    return connectBus({
      url,
      credentials,
      name: 'test',
      log: silent,
      firstConnectTimeoutMs: 10_000,
    });
  }

  it('serves those who know its credentials, and nobody else', async () => {
    const broker = await store.start();

    const bus = await connect(broker);
    expect(bus.connection.info?.version).toBe(store.binary.version);
    await bus.close();

    const stranger = connectBus({ url: broker.url, name: 'stranger', log: silent });
    await expect(stranger).rejects.toThrow('refused the credentials');
  });

  it('is told to keep little memory', async () => {
    const { pid } = await store.start();
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
    expect(environment.split('\0')).toContain('GOMEMLIMIT=180MiB');
  });

  it('keeps its credentials in a file that only its user can read', async () => {
    const { credentials, pid } = await store.start();
    const path = join(store.storeDir, 'nats-server.conf');

    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).toContain(credentials.password);
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    expect(commandLine).not.toContain(credentials.password);
  });

  it('is gone when stopped, and has its messages when started again', async () => {
    const first = await store.start();
    const bus = await connect(first);
    await ensureStreams(bus);
    const subject = imageSubject(newRun());
    await publishTexts(bus, subject, ['kept']);
    await bus.close();

    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const { port, credentials } = first;
    const second = await store.start({ port, credentials });

    const again = await connect(second);
    expect(toText((await readLastEvent(again, 'IMAGES', subject))?.data ?? new Uint8Array())).toBe(
      'kept',
    );
    expect(second.url).toBe(first.url);
    await again.close();
  });

  it('refuses a store that is in use', async () => {
    await store.start();

    await expect(store.start()).rejects.toThrow(
      `${store.storeDir} is in use by process ${process.pid}`,
    );
  });

  it('reports the log of a server that does not start', async () => {
    const occupied = createServer().listen(0, '127.0.0.1');
    await once(occupied, 'listening');
    const { port } = occupied.address() as AddressInfo;

    await expect(store.start({ port })).rejects.toThrow('address already in use');

    occupied.close();
  });

  it('says so when the program cannot be run', async () => {
    const starting = startEmbeddedBroker({
      storeDir: store.storeDir,
      binary: { path: join(store.storeDir, 'missing'), version: '2.9.10' },
      log: silent,
    });

    await expect(starting).rejects.toThrow(`${join(store.storeDir, 'missing')} cannot be run`);
  });
});
