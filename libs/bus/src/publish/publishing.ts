import type { MsgHdrs } from '@nats-io/nats-core';

/** How much one message carries at most. */
export interface BundleLimits {
  readonly maxEvents: number;
  /** A single event may be larger. */
  readonly maxBytes: number;
}

export interface PublisherOptions {
  /** Events awaiting their acknowledgement: 128, or 1,024 when they are bundled. */
  readonly maxInFlight?: number | undefined;
  /** Events given together become one message; without it each is a message of its own. */
  readonly bundle?: BundleLimits | undefined;
  /**
   * For a publisher to one subject: the sequence of its last message in the stream, 0 if it has none. Each
   * message is then stored behind the one before it or not at all. It takes the answer to one to publish
   * the next.
   */
  readonly after?: number | undefined;
}

export interface PublishOptions {
  /** The message id: the same id within the stream's window is stored once. */
  readonly id: string;
  /** Of a message that carries a single event. */
  readonly headers?: MsgHdrs | undefined;
  /** The trace that the event belongs to. It becomes a message of its own, which carries it on. */
  readonly traceparent?: string | undefined;
  /** It is stored only while the last message of the subject has this sequence; 0 if it has none. */
  readonly after?: number | undefined;
}

export interface PublishReceipt {
  readonly stream: string;
  readonly sequence: number;
  /** The stream knew the id already and stored nothing. */
  readonly duplicate: boolean;
}

export interface Publisher {
  /**
   * Resolves when the stream has stored the message. Waits for a slot first. While the server is
   * away it is tried for ever, with the same id and a growing delay.
   * @throws {Error} when no stream takes the subject, or the server refuses the message.
   * @throws {TransientError} when the connection is closed for good.
   * @throws {ConcurrentPublishError} when it is to be stored after a message that is not the last one
   */
  publish(subject: string, bytes: Uint8Array, options: PublishOptions): Promise<PublishReceipt>;
  /**
   * Resolves as soon as the message has a slot, for producers that go on meanwhile. A failure
   * rejects the next `send` or {@link Publisher.flush}.
   */
  send(subject: string, bytes: Uint8Array, options: PublishOptions): Promise<void>;
  /** Resolves when everything published so far is stored. */
  flush(): Promise<void>;
}
