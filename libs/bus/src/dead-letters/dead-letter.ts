/** An event that was given up, with why and where it came from. */
export interface DeadLetter {
  /** Subject it was published under. */
  readonly subject: string;
  readonly stream: string;
  readonly streamSequence: number;
  /** Its place among the events of its message, from 0. */
  readonly part: number;
  /** Durable name of the consumer that gave it up. */
  readonly consumer: string;
  readonly deliveries: number;
  /** A failure reason, or `malformed-event`, `never-finished`, `max-deliveries`. */
  readonly reason: string;
  readonly message: string;
  /** Message id it was published with; empty when it had none. */
  readonly id: string;
  /** The original bytes. */
  readonly data: Uint8Array;
}

export interface StoredDeadLetter extends DeadLetter {
  /** Sequence of the letter itself in the stream of dead letters. */
  readonly letterSequence: number;
  /** When it was given up, in milliseconds since 1970. */
  readonly timeMs: number;
}

export const deadLetterHeaders = {
  subject: 'Cull-Subject',
  stream: 'Cull-Stream',
  streamSequence: 'Cull-Sequence',
  part: 'Cull-Part',
  consumer: 'Cull-Consumer',
  deliveries: 'Cull-Deliveries',
  reason: 'Cull-Reason',
  message: 'Cull-Message',
  id: 'Cull-Message-Id',
} as const satisfies Record<Exclude<keyof DeadLetter, 'data'>, string>;
