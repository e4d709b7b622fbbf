import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectBus, type Bus } from '@cullstream/bus';
import { findNatsServer, freePort } from '@cullstream/broker';
import { silentLog } from '@cullstream/testing';

export interface PlainBroker {
  readonly url: string;
  connect(): Promise<Bus>;
  stop(): Promise<void>;
}

/**
 * A nats-server of somebody else's, without users: as it stands on a network of trusted hosts. One of
 * the same folder and port goes on where the last one stopped.
 * @param config file of further configuration: users and what they may do
 */
export async function startPlainBroker(
  folder: string,
  atPort?: number,
  config?: string,
): Promise<PlainBroker> {
  const cacheDir = fileURLToPath(new URL('../../node_modules/.cache/cullstream/', import.meta.url));
  const platform = { os: process.platform, arch: process.arch };
  const { path } = await findNatsServer({ env: process.env, cacheDir, log: silentLog, platform });
  const port = String(atPort ?? (await freePort()));
  const store = ['--jetstream', '--store_dir', join(folder, 'store')];
  const users = config === undefined ? [] : ['--config', config];
  const server = spawn(path, ['--addr', '127.0.0.1', '--port', port, ...store, ...users], {
    stdio: 'ignore',
  });
  const ended = once(server, 'exit');
  const url = `nats://127.0.0.1:${port}`;
  const buses: Bus[] = [];
  return {
    url,
    async connect() {
      const bus = await connectBus({
        url,
        name: 'test',
        log: silentLog,
        firstConnectTimeoutMs: 10_000,
      });
      buses.push(bus);
      return bus;
    },
    async stop() {
      await Promise.all(buses.map((bus) => bus.close()));
      server.kill();
      await ended;
    },
  };
}
