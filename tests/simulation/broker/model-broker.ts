import { ApiError } from './api-error.js';
import { formatHeaders } from './headers.js';
import { API_PREFIX, JetStreamApi } from './jetstream-api.js';
import { toDirectHeader } from './model-stream.js';
import type { Outlet } from './outlet.js';
import { CommandReader, formatMessage, type Command, type Publication } from './protocol.js';
import type { PullRequest } from './pull-requests.js';
import { Subscriptions } from './subscriptions.js';

/** The server's end of a client's connection. */
export interface Connection {
  onData: (bytes: Uint8Array) => void;
  onClose: () => void;
  write(bytes: Uint8Array): void;
  close(): void;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** @returns what takes it back */
  after(ms: number, run: () => void): () => void;
}

/** What happens to messages on their way. */
export interface BrokerFaults {
  /** Whether an answer to a publication is lost. */
  losesPublishAnswer(subject: string): boolean;
  /** Whether an acknowledgement is lost. */
  losesAcknowledgement(subject: string): boolean;
}

const ACKS = '$JS.ACK.';
const NONE = Buffer.alloc(0);

/** A NATS server with JetStream in memory: as much of both as `libs/bus` uses. */
export class ModelBroker implements Outlet {
  readonly api = new JetStreamApi(this);
  faults: BrokerFaults = {
    losesPublishAnswer: () => false,
    losesAcknowledgement: () => false,
  };
  readonly #clock: Clock;
  readonly #version: string;
  readonly #subscriptions = new Subscriptions();
  #connections = 0;

  constructor(clock: Clock, version: string) {
    this.#clock = clock;
    this.#version = version;
  }

  now(): number {
    return this.#clock.now();
  }

  after(ms: number, run: () => void): () => void {
    return this.#clock.after(ms, run);
  }

  accept(connection: Connection): void {
    const reader = new CommandReader();
    const clientId = ++this.#connections;
    connection.onData = (bytes) => {
      for (const command of reader.take(bytes)) this.#handle(connection, command);
    };
    connection.onClose = () => this.#subscriptions.leave(connection);
    const info = {
      server_id: 'MODEL',
      server_name: 'model',
      version: this.#version,
      proto: 1,
      headers: true,
      max_payload: 1024 * 1024,
      jetstream: true,
      client_id: clientId,
    };
    connection.write(Buffer.from(`INFO ${JSON.stringify(info)}\r\n`));
  }

  /** As after `kill -9` and a new start; what streams hold is kept. */
  restart(settlementsLost: number, areCountsLost: boolean): void {
    this.#subscriptions.clear();
    for (const stream of this.api.streams.values()) {
      for (const consumer of stream.consumers.values()) {
        consumer.forgetSettlements(settlementsLost, areCountsLost);
        consumer.resume();
      }
    }
  }

  hasInterest(subject: string): boolean {
    return this.#subscriptions.hasAny(subject);
  }

  deliver(to: string, message: Publication): void {
    const queues = new Set<string>();
    for (const subscription of this.#subscriptions.to(to)) {
      const { queue } = subscription;
      if (queue !== undefined && queues.has(queue)) continue;
      if (queue !== undefined) queues.add(queue);
      subscription.connection.write(formatMessage(message, subscription.id));
      subscription.left -= 1;
      if (subscription.left <= 0) this.#subscriptions.remove(subscription);
    }
  }

  #handle(connection: Connection, command: Command): void {
    switch (command.kind) {
      case 'ping':
        connection.write(Buffer.from('PONG\r\n'));
        return;
      case 'subscribe': {
        const { id, subject, queue } = command;
        this.#subscriptions.add({ connection, id, subject, queue, left: Infinity });
        this.#signalPushes(subject);
        return;
      }
      case 'unsubscribe': {
        const found = this.#subscriptions.find(connection, command.id);
        if (found === undefined) return;
        if (command.after === undefined) this.#subscriptions.remove(found);
        else found.left = command.after;
        return;
      }
      case 'publish':
        this.#publish(command);
        return;
      case 'connect':
      case 'pong':
    }
  }

  /** Consumers that push begin when somebody listens. */
  #signalPushes(subject: string): void {
    for (const { consumers } of this.api.streams.values()) {
      for (const consumer of consumers.values()) {
        if (consumer.config.deliver_subject === subject) consumer.signal();
      }
    }
  }

  #publish(message: Publication): void {
    const { subject, reply, data } = message;
    if (subject.startsWith(API_PREFIX)) {
      this.#request(subject.slice(API_PREFIX.length), reply, data);
      return;
    }
    if (subject.startsWith(ACKS)) {
      this.#acknowledge(subject, reply, data);
      return;
    }
    const stream = [...this.api.streams.values()].find((each) => each.takes(subject));
    if (stream !== undefined) this.#store(message);
    if (stream === undefined && reply !== undefined && !this.hasInterest(subject)) {
      this.#status(reply, '503');
      return;
    }
    this.deliver(subject, message);
  }

  #store(message: Publication): void {
    const { subject, reply } = message;
    for (const stream of this.api.streams.values()) {
      if (!stream.takes(subject)) continue;
      let answer: object;
      try {
        answer = { stream: stream.config.name, ...stream.store(message, this.now()) };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        answer = { ...error.toAnswer(), stream: stream.config.name, seq: 0 };
      }
      if (reply !== undefined && !this.faults.losesPublishAnswer(subject)) {
        this.#respond(reply, answer);
      }
    }
  }

  #acknowledge(subject: string, reply: string | undefined, data: Buffer): void {
    if (this.faults.losesAcknowledgement(subject)) return;
    const [stream, consumer, , sequence] = subject.slice(ACKS.length).split('.');
    const found = this.api.consumer(stream, consumer);
    found?.acknowledge(Number(sequence), data.toString('utf8'));
    if (reply !== undefined && found !== undefined) this.#respond(reply, undefined);
  }

  #request(path: string, reply: string | undefined, data: Buffer): void {
    const [kind, action, , stream, consumer] = path.split('.');
    if (kind === 'CONSUMER' && action === 'MSG' && reply !== undefined) {
      const found = this.api.consumer(stream, consumer);
      const text = data.toString('utf8');
      const request = (text.startsWith('{') ? JSON.parse(text) : {}) as Omit<PullRequest, 'reply'>;
      if (found !== undefined) found.pull({ ...request, reply });
      else this.#status(reply, '503');
      return;
    }
    if (kind === 'DIRECT' && reply !== undefined) {
      this.#directGet(path.split('.'), reply, data);
      return;
    }
    const answer = this.api.answer(path, data);
    if (reply !== undefined) this.#respond(reply, answer);
  }

  #directGet([, , stream, ...subject]: readonly string[], reply: string, data: Buffer): void {
    const query = (data.length > 0 ? JSON.parse(data.toString('utf8')) : {}) as object;
    const bySubject = subject.length > 0 ? { last_by_subj: subject.join('.') } : query;
    try {
      const found = this.api.find(stream, bySubject);
      const header = toDirectHeader(stream ?? '', found);
      this.deliver(reply, { subject: reply, reply: undefined, header, data: found.data });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#status(reply, '404 Message Not Found');
    }
  }

  #respond(reply: string, answer: object | undefined): void {
    const data = answer === undefined ? NONE : Buffer.from(JSON.stringify(answer));
    this.deliver(reply, { subject: reply, reply: undefined, header: undefined, data });
  }

  #status(reply: string, status: string): void {
    const header = formatHeaders([], status);
    this.deliver(reply, { subject: reply, reply: undefined, header, data: NONE });
  }
}
