import { startNatsServer, type NatsServer } from './nats-server.js';

export type OpenBroker = NatsServer;

/** A nats-server with JetStream as somebody may have it on their own network: it lets everybody in. */
export function startOpenBroker(storeDir: string): Promise<OpenBroker> {
  return startNatsServer(storeDir, {});
}
