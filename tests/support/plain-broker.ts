import { join } from 'node:path';
import { connectBus, type Bus } from '@cullstream/bus';
import { silentLog } from '@cullstream/testing';
import { startNatsServer } from './nats-server.js';

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
  const args = config === undefined ? [] : ['--config', config];
  const server = await startNatsServer(join(folder, 'store'), { port: atPort, args });
  const { url } = server;
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
      await server.stop();
    },
  };
}
