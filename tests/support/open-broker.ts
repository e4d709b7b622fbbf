import { startNatsServer, type NatsServer } from './nats-server.js';

export type OpenBroker = NatsServer;

/** A nats-server with JetStream as on a private network: it accepts every client. */
export function startOpenBroker(storeDir: string): Promise<OpenBroker> {
  return startNatsServer(storeDir, {});
}
