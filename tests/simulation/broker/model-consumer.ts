import { DEFAULT_ACK_WAIT, withDefaults, type ConsumerConfig } from './consumer-config.js';
import { withField } from './headers.js';
import type { ModelStream, StoredMessage } from './model-stream.js';
import { PullRequests, type PullRequest } from './pull-requests.js';
import type { Outlet } from './outlet.js';

interface Pending {
  readonly consumerSequence: number;
  /** When it was handed out, or last said to be in work. */
  sinceMs: number;
}

const NANOS = 1e6;
const MOST_REMEMBERED = 500;

/** A consumer: what it has handed out, what of that is settled, and who waits for more. */
export class ModelConsumer {
  config: ConsumerConfig;
  readonly name: string;
  readonly #created: string;
  readonly #stream: ModelStream;
  readonly #outlet: Outlet;
  readonly requests: PullRequests;
  readonly #pending = new Map<number, Pending>();
  readonly #deliveries = new Map<number, number>();
  #again: number[] = [];
  #delivered = { consumer_seq: 0, stream_seq: 0 };
  #floor = { consumer_seq: 0, stream_seq: 0 };
  /** The latest settlements, of which a server that is killed may not have stored all. */
  readonly #settled: number[] = [];
  #cancelExpiry: () => void = () => undefined;

  constructor(name: string, config: ConsumerConfig, stream: ModelStream, outlet: Outlet) {
    this.name = name;
    this.#stream = stream;
    this.#outlet = outlet;
    this.#created = new Date(outlet.now()).toISOString();
    this.config = withDefaults(config);
    this.requests = new PullRequests(outlet);
    const start = this.config.deliver_policy === 'by_start_sequence' ? config.opt_start_seq : 1;
    const first = Math.max(start ?? 1, 1);
    this.#delivered.stream_seq = first - 1;
    this.#floor.stream_seq = first - 1;
  }

  get filter(): string {
    return this.config.filter_subject ?? '>';
  }

  pull(request: PullRequest): void {
    this.requests.add(request, this.#isEmpty());
    this.signal();
  }

  /** Hands out what it can, redeliveries first. */
  signal(): void {
    if (this.config.deliver_subject !== undefined) {
      this.#push(this.config.deliver_subject);
      return;
    }
    for (;;) {
      const request = this.requests.first();
      if (request === undefined) return;
      const message = this.#take();
      if (message === undefined) return;
      this.#deliver(message, request.reply);
      this.requests.served(request);
    }
  }

  /** @param command the body of an acknowledgement */
  acknowledge(sequence: number, command: string): void {
    const pending = this.#pending.get(sequence);
    if (pending === undefined) return;
    if (command === '+WPI') {
      pending.sinceMs = this.#outlet.now();
    } else if (command.startsWith('-NAK')) {
      this.#handBack(sequence, pending, command);
    } else {
      this.#settle(sequence, pending);
    }
    this.#watchExpiry();
    this.signal();
  }

  /** As after a server was killed: of the newest settlements these were not stored, nor the counts. */
  forgetSettlements(count: number, areCountsLost: boolean): void {
    for (const sequence of this.#settled.splice(Math.max(0, this.#settled.length - count))) {
      this.#pending.set(sequence, { consumerSequence: 0, sinceMs: this.#outlet.now() });
    }
    if (areCountsLost) this.#deliveries.clear();
    this.#again = [];
  }

  /** Hands everything out again that is not settled, as a server does that lost count of the time. */
  expireAll(): void {
    for (const pending of this.#pending.values()) pending.sinceMs = -Infinity;
    this.#expire();
  }

  /** After a start of the server. */
  resume(): void {
    this.requests.clear();
    this.#watchExpiry();
  }

  close(): void {
    this.#cancelExpiry();
    this.requests.refuse('409 Consumer Deleted');
  }

  toInfo() {
    return {
      type: 'io.nats.jetstream.api.v1.consumer_info_response',
      stream_name: this.#stream.config.name,
      name: this.name,
      created: this.#created,
      config: this.config,
      delivered: { ...this.#delivered },
      ack_floor: { ...this.#floor },
      num_ack_pending: this.#pending.size,
      num_redelivered: [...this.#deliveries].filter(
        ([sequence, count]) => count > 1 && this.#pending.has(sequence),
      ).length,
      num_waiting: this.requests.count(),
      num_pending: this.#stream.countAfter(this.#delivered.stream_seq, this.filter),
    };
  }

  #isEmpty(): boolean {
    const { num_pending: waiting } = this.toInfo();
    return this.#again.length === 0 && waiting === 0;
  }

  #pendingFacts(): string {
    return String(this.#stream.countAfter(this.#delivered.stream_seq, this.filter));
  }

  #push(subject: string): void {
    while (this.#outlet.hasInterest(subject)) {
      const message = this.#take();
      if (message === undefined) break;
      this.#deliver(message, subject);
    }
  }

  #take(): StoredMessage | undefined {
    for (let again = this.#again.shift(); again !== undefined; again = this.#again.shift()) {
      const message = this.#stream.messages.get(again);
      if (message !== undefined && this.#pending.has(again)) return message;
      this.#pending.delete(again);
    }
    if (this.#pending.size >= (this.config.max_ack_pending ?? Infinity)) return undefined;
    const message = this.#stream.next(this.#delivered.stream_seq + 1, this.filter);
    if (message !== undefined) this.#delivered.stream_seq = message.sequence;
    return message;
  }

  #deliver(message: StoredMessage, to: string): void {
    const { sequence, subject, header, data, timeMs } = message;
    const count = (this.#deliveries.get(sequence) ?? 0) + 1;
    this.#delivered.consumer_seq += 1;
    const consumerSequence = this.#delivered.consumer_seq;
    if (this.config.ack_policy === 'none') {
      this.#floor = { ...this.#delivered };
    } else {
      this.#deliveries.set(sequence, count);
      this.#pending.set(sequence, { consumerSequence, sinceMs: this.#outlet.now() });
      this.#watchExpiry();
    }
    const { name } = this.#stream.config;
    const facts = [count, sequence, consumerSequence, timeMs * NANOS, this.#pendingFacts()];
    const reply = `$JS.ACK.${name}.${this.name}.${facts.join('.')}`;
    const isBare = this.config.headers_only === true;
    const size: [string, string] = ['Nats-Msg-Size', String(data.length)];
    this.#outlet.deliver(to, {
      subject,
      reply,
      header: isBare ? withField(header, size) : header,
      data: isBare ? Buffer.alloc(0) : data,
    });
  }

  #settle(sequence: number, pending: Pending): void {
    this.#pending.delete(sequence);
    this.#deliveries.delete(sequence);
    this.#again = this.#again.filter((each) => each !== sequence);
    this.#settled.push(sequence);
    if (this.#settled.length > MOST_REMEMBERED) this.#settled.shift();
    const lowest = [...this.#pending.keys()].reduce(
      (least, each) => Math.min(least, each),
      Infinity,
    );
    if (lowest === Infinity) this.#floor = { ...this.#delivered };
    else if (lowest > sequence) {
      this.#floor = { consumer_seq: pending.consumerSequence, stream_seq: lowest - 1 };
    }
  }

  #handBack(sequence: number, pending: Pending, command: string): void {
    const given = command.slice('-NAK'.length).trim();
    const delay = given === '' ? 0 : (JSON.parse(given) as { delay?: number }).delay;
    if ((delay ?? 0) > 0) {
      pending.sinceMs = this.#outlet.now() + (delay ?? 0) / NANOS - this.#ackWaitMs;
      return;
    }
    if (!this.#again.includes(sequence)) this.#again.push(sequence);
  }

  get #ackWaitMs(): number {
    return (this.config.ack_wait ?? DEFAULT_ACK_WAIT) / NANOS;
  }

  #watchExpiry(): void {
    this.#cancelExpiry();
    if (this.#pending.size === 0) return;
    let earliest = Infinity;
    for (const [sequence, { sinceMs }] of this.#pending) {
      if (!this.#again.includes(sequence)) earliest = Math.min(earliest, sinceMs);
    }
    if (earliest === Infinity) return;
    const inMs = Math.max(1, earliest + this.#ackWaitMs - this.#outlet.now());
    this.#cancelExpiry = this.#outlet.after(inMs, () => this.#expire());
  }

  #expire(): void {
    const before = this.#outlet.now() - this.#ackWaitMs;
    const expired = [...this.#pending].filter(
      ([sequence, { sinceMs }]) => sinceMs <= before && !this.#again.includes(sequence),
    );
    this.#again.push(...expired.map(([sequence]) => sequence).sort((one, other) => one - other));
    this.signal();
    this.#watchExpiry();
  }
}
