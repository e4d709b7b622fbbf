import { ApiError, consumerNotFound, nameInUse, noMessage, streamNotFound } from './api-error.js';
import type { ConsumerConfig } from './consumer-config.js';
import { ModelConsumer } from './model-consumer.js';
import { ModelStream, type StoredMessage, type StreamConfig } from './model-stream.js';
import type { Outlet } from './outlet.js';
import { matches } from './subjects.js';

export const API_PREFIX = '$JS.API.';

interface Query {
  readonly seq?: number;
  readonly last_by_subj?: string;
  readonly next_by_subj?: string;
}

const TYPE = 'io.nats.jetstream.api.v1.';
let named = 0;

/** What JetStream holds, and the requests to it that are answered with JSON. */
export class JetStreamApi {
  readonly streams = new Map<string, ModelStream>();
  readonly #outlet: Outlet;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /** @param request without the prefix @returns the answer; an error is one as well */
  answer(request: string, data: Buffer): object {
    try {
      const body = data.length === 0 ? {} : (JSON.parse(data.toString('utf8')) as object);
      return this.#answer(request.split('.'), body);
    } catch (error) {
      if (error instanceof ApiError) return error.toAnswer();
      throw error;
    }
  }

  /** @throws {ApiError} */
  find(name: string | undefined, query: Query): StoredMessage {
    const stream = this.#stream(name);
    const { seq, last_by_subj, next_by_subj } = query;
    const found =
      last_by_subj !== undefined
        ? stream.last(last_by_subj)
        : next_by_subj !== undefined
          ? stream.next(seq ?? 1, next_by_subj)
          : stream.messages.get(seq ?? 0);
    if (found === undefined) throw noMessage();
    return found;
  }

  consumer(stream: string | undefined, name: string | undefined): ModelConsumer | undefined {
    return this.streams.get(stream ?? '')?.consumers.get(name ?? '');
  }

  #answer(path: readonly string[], body: object): object {
    const [kind, action, name, consumer] = path;
    switch (`${kind ?? ''}.${action ?? ''}`) {
      case 'STREAM.CREATE':
        return this.#create(body as StreamConfig);
      case 'STREAM.UPDATE':
        this.#stream(name).config = { ...this.#stream(name).config, ...body };
        return this.#streamInfo(name, {}, 'stream_update_response');
      case 'STREAM.INFO':
        return this.#streamInfo(name, body);
      case 'STREAM.NAMES':
        return this.#names(body);
      case 'STREAM.DELETE':
        this.#stream(name);
        return { success: this.streams.delete(name ?? '') };
      case 'STREAM.PURGE':
        return { success: true, purged: this.#stream(name).purge(toFilter(body)) };
      case 'STREAM.MSG':
        return this.#message(path, body);
      case 'CONSUMER.CREATE':
        return this.#addConsumer(name, consumer, body as { config: ConsumerConfig });
      case 'CONSUMER.DURABLE':
        return this.#addConsumer(consumer, path[4], body as { config: ConsumerConfig });
      case 'CONSUMER.INFO':
        return this.#consumer(name, consumer).toInfo();
      case 'CONSUMER.LIST':
        return this.#list(name);
      case 'CONSUMER.DELETE':
        this.#consumer(name, consumer).close();
        return { success: this.#stream(name).consumers.delete(consumer ?? '') };
      case 'INFO.':
        return { type: `${TYPE}account_info_response`, memory: 0, storage: 0, streams: 0 };
      default:
        throw new Error(`the model knows no request ${path.join('.')}`);
    }
  }

  #message([, , verb, name]: readonly string[], body: object): object {
    if (verb === 'DELETE') {
      const isDeleted = this.#stream(name).delete((body as { seq: number }).seq);
      if (!isDeleted) throw noMessage();
      return { success: true };
    }
    const { sequence: seq, subject, header, data, timeMs } = this.find(name, body);
    return {
      type: `${TYPE}stream_msg_get_response`,
      message: {
        subject,
        seq,
        ...(header !== undefined && { hdrs: header.toString('base64') }),
        data: data.toString('base64'),
        time: new Date(timeMs).toISOString(),
      },
    };
  }

  #create(config: StreamConfig): object {
    const found = this.streams.get(config.name);
    const isOther = (key: string) =>
      JSON.stringify(found?.config[key]) !== JSON.stringify(config[key]);
    if (found !== undefined && Object.keys(config).some(isOther)) throw nameInUse();
    if (found === undefined) {
      this.streams.set(config.name, new ModelStream(config, this.#outlet.now()));
    }
    return this.#streamInfo(config.name, {}, 'stream_create_response');
  }

  #streamInfo(name: string | undefined, body: object, type = 'stream_info_response'): object {
    const stream = this.#stream(name);
    const { config, created } = stream;
    const { subjects_filter: filter } = body as { subjects_filter?: string };
    const state = stream.toState(filter);
    const total = Object.keys(state.subjects ?? {}).length;
    const page = filter === undefined ? {} : { total, offset: 0, limit: 100_000 };
    return { type: TYPE + type, config, created, state, ...page };
  }

  #names(body: object): object {
    const { subject } = body as { subject?: string };
    const streams = [...this.streams.values()]
      .filter((each) => subject === undefined || touches(each, subject))
      .map(({ config }) => config.name);
    const page = { total: streams.length, offset: 0, limit: 1_024 };
    return { type: `${TYPE}stream_names_response`, ...page, streams };
  }

  #list(name: string | undefined): object {
    const consumers = [...this.#stream(name).consumers.values()].map((each) => each.toInfo());
    const page = { total: consumers.length, offset: 0, limit: Math.max(consumers.length, 256) };
    return { type: `${TYPE}consumer_list_response`, ...page, consumers };
  }

  #addConsumer(
    streamName: string | undefined,
    given: string | undefined,
    { config }: { readonly config: ConsumerConfig },
  ): object {
    const stream = this.#stream(streamName);
    const name = given ?? config.durable_name ?? config.name ?? `ephemeral${++named}`;
    const found = stream.consumers.get(name);
    if (found === undefined) {
      const consumer = new ModelConsumer(name, config, stream, this.#outlet);
      stream.consumers.set(name, consumer);
      return consumer.toInfo();
    }
    found.config = { ...found.config, ...config };
    found.signal();
    return found.toInfo();
  }

  #stream(name: string | undefined): ModelStream {
    const stream = this.streams.get(name ?? '');
    if (stream === undefined) throw streamNotFound();
    return stream;
  }

  #consumer(stream: string | undefined, name: string | undefined): ModelConsumer {
    const found = this.#stream(stream).consumers.get(name ?? '');
    if (found === undefined) throw consumerNotFound();
    return found;
  }
}

function toFilter(body: object): string {
  return (body as { filter?: string }).filter ?? '>';
}

function touches({ config }: ModelStream, subject: string): boolean {
  return config.subjects?.some((each) => matches(each, subject) || matches(subject, each)) ?? false;
}
