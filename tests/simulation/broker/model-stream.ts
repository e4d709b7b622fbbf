import { wrongSequence } from './api-error.js';
import { formatHeaders, parseHeaders, type Headers } from './headers.js';
import type { ModelConsumer } from './model-consumer.js';
import type { Publication } from './protocol.js';
import { matches } from './subjects.js';

export interface StreamConfig {
  readonly name: string;
  readonly subjects?: readonly string[];
  readonly max_msgs_per_subject?: number;
  readonly allow_direct?: boolean;
  readonly duplicate_window?: number;
  readonly [field: string]: unknown;
}

export interface StoredMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly header: Buffer | undefined;
  readonly data: Buffer;
  readonly timeMs: number;
}

const NANOS = 1e6;
const DEFAULT_WINDOW_MS = 120_000;

/** What a server adds to the configuration of a stream. */
const defaults = {
  retention: 'limits',
  max_consumers: -1,
  max_msgs: -1,
  max_bytes: -1,
  max_age: 0,
  max_msgs_per_subject: -1,
  max_msg_size: -1,
  discard: 'old',
  storage: 'file',
  num_replicas: 1,
  duplicate_window: DEFAULT_WINDOW_MS * NANOS,
  allow_direct: false,
  mirror_direct: false,
  sealed: false,
  deny_delete: false,
  deny_purge: false,
  allow_rollup_hdrs: false,
};

/** A stream: messages by sequence, the ids of the last minutes, and its consumers. */
export class ModelStream {
  config: StreamConfig;
  readonly created: string;
  readonly messages = new Map<number, StoredMessage>();
  readonly consumers = new Map<string, ModelConsumer>();
  lastSequence = 0;
  readonly #ids = new Map<string, { readonly sequence: number; readonly atMs: number }>();

  constructor(config: StreamConfig, nowMs: number) {
    this.config = { ...defaults, ...config };
    this.created = new Date(nowMs).toISOString();
  }

  takes(subject: string): boolean {
    return this.config.subjects?.some((filter) => matches(filter, subject)) ?? false;
  }

  /** @throws {ApiError} when the sender expected another message to be the last of the subject */
  store(
    { subject, header, data }: Publication,
    nowMs: number,
  ): { readonly seq: number; readonly duplicate?: boolean } {
    const fields: Headers = header === undefined ? new Map() : parseHeaders(header);
    const id = fields.get('Nats-Msg-Id');
    const known = id === undefined ? undefined : this.#ids.get(id);
    if (known !== undefined && nowMs - known.atMs < this.#windowMs) {
      return { seq: known.sequence, duplicate: true };
    }
    const expected = fields.get('Nats-Expected-Last-Subject-Sequence');
    if (expected !== undefined) {
      const last = this.last(subject)?.sequence ?? 0;
      if (Number(expected) !== last) throw wrongSequence(last);
    }
    this.lastSequence += 1;
    const sequence = this.lastSequence;
    if (fields.get('Nats-Rollup') === 'sub') this.purge(subject);
    this.messages.set(sequence, { sequence, subject, header, data, timeMs: nowMs });
    if (id !== undefined) this.#ids.set(id, { sequence, atMs: nowMs });
    this.#evict(subject);
    for (const consumer of this.consumers.values()) consumer.signal();
    return { seq: sequence };
  }

  /** The first message of a filter from a sequence on. */
  next(sequence: number, filter: string): StoredMessage | undefined {
    for (let at = sequence; at <= this.lastSequence; at++) {
      const message = this.messages.get(at);
      if (message !== undefined && matches(filter, message.subject)) return message;
    }
    return undefined;
  }

  last(filter: string): StoredMessage | undefined {
    for (let at = this.lastSequence; at > 0; at--) {
      const message = this.messages.get(at);
      if (message !== undefined && matches(filter, message.subject)) return message;
    }
    return undefined;
  }

  /** How many messages of a filter have a sequence above this one. */
  countAfter(sequence: number, filter: string): number {
    let count = 0;
    for (let at = sequence + 1; at <= this.lastSequence; at++) {
      const message = this.messages.get(at);
      if (message !== undefined && matches(filter, message.subject)) count += 1;
    }
    return count;
  }

  delete(sequence: number): boolean {
    return this.messages.delete(sequence);
  }

  purge(filter: string): number {
    const found = [...this.messages.values()].filter(({ subject }) => matches(filter, subject));
    for (const { sequence } of found) this.messages.delete(sequence);
    return found.length;
  }

  /** As after a power loss: the newest messages never reached the disk. */
  loseNewest(count: number): void {
    for (; count > 0 && this.lastSequence > 0; count--) {
      this.messages.delete(this.lastSequence);
      this.lastSequence -= 1;
    }
    for (const [id, { sequence }] of this.#ids) {
      if (sequence > this.lastSequence) this.#ids.delete(id);
    }
  }

  toState(subjectsFilter?: string) {
    const messages = [...this.messages.values()];
    const first = messages[0]?.sequence ?? this.lastSequence + 1;
    const subjects: Record<string, number> = {};
    if (subjectsFilter !== undefined) {
      for (const { subject } of messages) {
        if (matches(subjectsFilter, subject)) subjects[subject] = (subjects[subject] ?? 0) + 1;
      }
    }
    return {
      messages: messages.length,
      bytes: messages.reduce((sum, message) => sum + sizeOf(message), 0),
      first_seq: first,
      last_seq: this.lastSequence,
      num_subjects: new Set(messages.map(({ subject }) => subject)).size,
      consumer_count: this.consumers.size,
      ...(subjectsFilter !== undefined && { subjects }),
    };
  }

  get #windowMs(): number {
    return (this.config.duplicate_window ?? DEFAULT_WINDOW_MS * NANOS) / NANOS;
  }

  #evict(subject: string): void {
    const most = this.config.max_msgs_per_subject ?? -1;
    if (most < 1) return;
    const same = [...this.messages.values()].filter((each) => each.subject === subject);
    for (const { sequence } of same.slice(0, -most)) this.messages.delete(sequence);
  }
}

function sizeOf({ subject, header, data }: StoredMessage): number {
  return subject.length + (header?.length ?? 0) + data.length + 22;
}

/** The headers by which a message is known that is read without a consumer. */
export function toDirectHeader(stream: string, message: StoredMessage): Buffer {
  const own = message.header === undefined ? [] : parseHeaders(message.header);
  return formatHeaders([
    ...own,
    ['Nats-Stream', stream],
    ['Nats-Subject', message.subject],
    ['Nats-Sequence', String(message.sequence)],
    ['Nats-Time-Stamp', new Date(message.timeMs).toISOString()],
  ]);
}
