import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from '@cullstream/contracts';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { AuthorizationError, nkeyAuthenticator, type NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import type { BusLog } from '../bus-log.js';
import { openAckInbox, type AckInbox } from '../publish/ack-inbox.js';
import { createPublisher } from '../publish/publisher.js';
import { retryDelayMs } from '../retry-delay.js';
import { toError } from '../to-error.js';
import type { Bus } from './bus.js';
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
  /** `nats://host:port`, or several separated by commas. */
  readonly url: string;
  /** Shown by the server's monitoring: the service's name. */
  readonly name: string;
  readonly log: BusLog;
  /** Gives up on the first connection after this long. Without it, waits for ever. */
  readonly firstConnectTimeoutMs?: number | undefined;
  /** Stops waiting for the first connection. */
  readonly signal?: AbortSignal | undefined;
}

const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_WAIT_MS = 250;
const RECONNECT_JITTER_MS = 250;

/**
 * Connects, waiting for a server that is not there yet, and from then on reconnects for ever.
 * @throws {ConfigurationError} when the server refuses the credentials.
 * @throws {Error} when `firstConnectTimeoutMs` passed, or `signal` was aborted.
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

async function firstConnection(options: ConnectBusOptions): Promise<NatsConnection> {
  const { url, log, signal, firstConnectTimeoutMs = Infinity } = options;
  const startedMs = performance.now();
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await connectOnce(options);
    } catch (thrown) {
      const cause = toError(thrown);
      if (cause instanceof AuthorizationError) {
        throw new ConfigurationError(
          [
            `${url} refused the credentials: check the user and password, or the key file, against the NATS server's configuration`,
          ],
          { cause },
        );
      }
      const waitMs = retryDelayMs(attempt, 50, 2_000);
      if (performance.now() - startedMs + waitMs > firstConnectTimeoutMs) {
        throw new Error(
          `no connection to ${url} within ${firstConnectTimeoutMs} ms: check that a NATS server listens there`,
          { cause },
        );
      }
      log.debug({ url, attempt, reason: cause.message }, 'waiting for the server');
      await delay(waitMs, undefined, { signal });
    }
  }
}

function connectOnce(options: ConnectBusOptions): Promise<NatsConnection> {
  const { url, credentials, name, seed, caFile, inboxPrefix } = options;
  return connect({
    servers: url.split(',').map((server) => server.trim()),
    name,
    timeout: CONNECT_TIMEOUT_MS,
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_JITTER_MS,
    ...(credentials && { user: credentials.user, pass: credentials.password }),
    ...(seed && { authenticator: nkeyAuthenticator(seed) }),
    ...(caFile !== undefined && { tls: { caFile } }),
    ...(inboxPrefix !== undefined && { inboxPrefix }),
  });
}
