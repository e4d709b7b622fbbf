import { type ConnectBusOptions } from './connect-options.js';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';

import { openAckInbox, type AckInbox } from '../publish/ack-inbox.js';
import { createPublisher } from '../publish/publisher.js';
import type { Bus } from './bus.js';
import { firstConnection } from './first-connection.js';
import { watchConnection } from './watch-connection.js';

/**
 * Connects, waiting for a server that is not there yet, and from then on reconnects for ever.
 * @throws {ConfigurationError} when the URL is none, or the server refuses credentials or encryption.
 * @throws {BrokerUnavailableError} when `firstConnectTimeoutMs` passed.
 * @throws {Error} when `signal` was aborted.
 */
export async function connectBus(options: ConnectBusOptions): Promise<Bus> {
  const connection = await firstConnection(options);
  const { log } = options;
  log.info({ server: connection.getServer(), version: connection.info?.version }, 'connected');
  const reconnectListeners = new Set<() => void>();
  void watchConnection(connection, log, () => {
    for (const listener of [...reconnectListeners]) listener();
  });
  const client = jetstream(connection);
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const closed = connection.closed().then((reason) => reason ?? undefined);
  let acks: AckInbox | undefined;
  const bus: Bus = {
    connection,
    jetstream: client,
    manager,
    log,
    closed,
    onReconnect(listener) {
      reconnectListeners.add(listener);
      return () => reconnectListeners.delete(listener);
    },
    publisher(publisherOptions) {
      acks ??= openAckInbox(bus, options.inboxPrefix);
      return createPublisher(bus, acks, publisherOptions);
    },
    drain: async () => {
      if (!connection.isClosed() && !connection.isDraining()) await connection.drain();
      await closed;
    },
    close: async () => {
      await connection.close();
      await closed;
    },
  };
  return bus;
}
