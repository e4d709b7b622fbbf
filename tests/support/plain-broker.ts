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
 * A nats-server that is not an embedded one, without users, as in a network of trusted hosts. One
 * with the same folder and port continues with the stored messages of the last one.
 * @param config file with further configuration: users and their permissions
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
