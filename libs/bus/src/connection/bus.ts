import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import type { BusLog } from '../bus-log.js';
import type { Publisher, PublisherOptions } from '../publish/publishing.js';

/** A connection to a NATS server with JetStream. */
export interface Bus {
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly log: BusLog;
  /**
   * Settles when the connection is gone for good: with the reason, or with `undefined` after
   * {@link Bus.drain} or {@link Bus.close}. Never rejects. A process that sees a reason must exit
   * non-zero, for nothing it started will ever end by itself.
   */
  readonly closed: Promise<Error | undefined>;
  /** Calls `listener` after every reconnection, until the returned function is called. */
  onReconnect(listener: () => void): () => void;
  publisher(options?: PublisherOptions): Publisher;
  /** Sends what is buffered, then closes. Stop consumptions first: their acks need the connection. */
  drain(): Promise<void>;
  /** Closes at once. */
  close(): Promise<void>;
}
