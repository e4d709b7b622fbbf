import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { BusLog } from '../bus-log.js';
import { openAckInbox, type AckInbox } from '../publish/ack-inbox.js';
import { createPublisher } from '../publish/publisher.js';
import type { Bus } from './bus.js';
import { firstConnection } from './first-connection.js';
import { watchConnection } from './watch-connection.js';

export interface BusCredentials {
  readonly user: string;
  readonly password: string;
}

/** How to get in at a broker. */
export interface BusAccess {
  readonly credentials?: BusCredentials | undefined;
  /** Seed of an nkey to log in with, instead of credentials. */
  readonly seed?: Uint8Array | undefined;
  /** File of the certificates to trust. With it, the connection is encrypted or none at all. */
  readonly caFile?: string | undefined;
  /** Where answers come in: a user may be confined to an inbox of its own. */
  readonly inboxPrefix?: string | undefined;
}

export interface ConnectBusOptions extends BusAccess {
  /** `nats://host:port`, or several separated by commas; may hold user and password. */
  readonly url: string;
  /** Shown by the server's monitoring: the service's name. */
  readonly name: string;
  readonly log: BusLog;
  /** Gives up on the first connection after this long. Without it, waits for ever. */
  readonly firstConnectTimeoutMs?: number | undefined;
  /** Told once when the first attempt has failed and others follow. */
  readonly onWaiting?: ((url: string, why: string) => void) | undefined;
  /** Stops waiting for the first connection. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects, waiting for a server that is not there yet, and from then on reconnects for ever.
 * @throws {ConfigurationError} when the URL is none, or the server refuses credentials or encryption.
 * @throws {BrokerAwayError} when `firstConnectTimeoutMs` passed.
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
