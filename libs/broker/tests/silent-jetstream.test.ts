import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connectBus, type Bus } from '@cullstream/bus';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../src/embedded/try-port.js';
import { keepBrokerReadable } from '../src/keep-broker-readable.js';
import { natsServer, silent } from './broker-fixture.js';

const SILENT_FOR_MS = 200;

describe('a broker whose JetStream does not answer', () => {
  let server: ChildProcess | undefined;
  let bus: Bus | undefined;

  /** A server that answers pings, but has no JetStream. */
  async function connect(): Promise<Bus> {
    const { path } = await natsServer();
    const port = await freePort();
    server = spawn(path, ['--addr', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' });
    const url = `nats://127.0.0.1:${port}`;
    bus = await connectBus({ url, name: 'test', log: silent, firstConnectTimeoutMs: 10_000 });
    return bus;
  }

  function countRestarts(of: Bus) {
    let restarts = 0;
    const restart = () => {
      restarts++;
      return Promise.resolve();
    };
    const unwatch = keepBrokerReadable(
      of,
      { restart },
      {
        everyMs: 20,
        silentForMs: SILENT_FOR_MS,
        pingWithinMs: 50,
      },
    );
    return { unwatch, count: () => restarts };
  }

  afterEach(async () => {
    await bus?.close();
    server?.kill('SIGKILL');
    if (server?.exitCode === null && server.signalCode === null) await once(server, 'exit');
  });

  it('is started again after some time', async () => {
    const connected = await connect();
    const startedMs = performance.now();
    const { unwatch, count } = countRestarts(connected);
    await expect.poll(count, { timeout: 10_000 }).toBe(1);
    unwatch();
    expect(performance.now() - startedMs).toBeGreaterThan(SILENT_FOR_MS);
  });

  it('is left alone while the server itself stands still', async () => {
    const connected = await connect();
    server?.kill('SIGSTOP');
    // Requests to the suspended server would fail only after five seconds each.
    let failures = 0;
    connected.manager.streams.list = () => {
      failures++;
      throw new Error('no answer');
    };
    const startedMs = performance.now();
    const { unwatch, count } = countRestarts(connected);
    await expect.poll(() => failures, { timeout: 20_000 }).toBeGreaterThan(10);
    unwatch();
    expect(performance.now() - startedMs).toBeGreaterThan(2 * SILENT_FOR_MS);
    expect(count()).toBe(0);
  });
});
