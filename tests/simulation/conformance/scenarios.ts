import { setTimeout as delay } from 'node:timers/promises';
import { AckPolicy, JetStreamApiError, type Consumer, type JsMsg } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { headers, nanos } from '@nats-io/nats-core';
import {
  consumeBatches,
  consumeEach,
  ensureStreams,
  listDeadLetters,
  readLastEvent,
  type Bus,
} from '@cullstream/bus';
import { MalformedEventError } from '@cullstream/contracts';

/** Does something with a broker. @returns what was seen of it, without what differs by nature */
export type Scenario = (bus: Bus) => Promise<unknown>;

const IMAGES = 'IMAGES';
/** So long that nothing is delivered again on a machine that is busy. */
const LONG_MS = 60_000;
const SHORT_MS = 1_500;
/** For what comes at once. */
const SOON_MS = 20_000;
/** The least that may be asked for, to see that nothing comes. */
const NOTHING_WITHIN_MS = 1_000;

async function errorOf(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'none';
  } catch (error) {
    if (error instanceof JetStreamApiError) return `${error.status}/${error.code}`;
    return (error as Error).constructor.name;
  }
}

async function publish(bus: Bus, subject: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await bus.jetstream.publish(subject, `${index}`, { msgID: `${subject}/${index}` });
  }
}

interface Settings {
  readonly filter: string;
  readonly most?: number;
  readonly ackWaitMs?: number;
}

async function addConsumer(
  bus: Bus,
  name: string,
  { filter, most = 100, ackWaitMs = LONG_MS }: Settings,
): Promise<Consumer> {
  await bus.manager.consumers.add(IMAGES, {
    durable_name: name,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: most,
  });
  return bus.jetstream.consumers.get(IMAGES, name);
}

async function take(consumer: Consumer, count: number, expires = SOON_MS): Promise<JsMsg[]> {
  const taken: JsMsg[] = [];
  for await (const message of await consumer.fetch({ max_messages: count, expires })) {
    taken.push(message);
  }
  return taken;
}

function tell(messages: readonly JsMsg[]): string[] {
  return messages.map((each) => `${each.string()} ×${each.info.deliveryCount}`);
}

async function countsOf(bus: Bus, name: string) {
  await bus.connection.flush();
  const info = await bus.manager.consumers.info(IMAGES, name);
  const { num_pending, num_ack_pending, num_redelivered, delivered, ack_floor } = info;
  return {
    ...{ num_pending, num_ack_pending, num_redelivered },
    handedOut: delivered.consumer_seq,
    isFloorBelow: ack_floor.stream_seq <= delivered.stream_seq,
  };
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  async 'streams and their messages'(bus) {
    const { streams } = bus.manager;
    const subject = 'cull.images.s.p';
    await publish(bus, subject, 3);
    await publish(bus, 'cull.images.s.q', 2);
    const first = await bus.jetstream.publish(subject, 'again', { msgID: `${subject}/0` });
    const { state } = await streams.info(IMAGES, { subjects_filter: 'cull.images.s.>' });
    const next = await streams.getMessage(IMAGES, {
      seq: 1,
      next_by_subj: 'cull.images.s.q',
    } as never);
    const purged = await streams.purge(IMAGES, { filter: 'cull.images.s.q' });
    const last = await readLastEvent(bus, IMAGES, 'cull.images.s.*');
    const removed = await streams.deleteMessage(IMAGES, last?.sequence ?? 0);
    return {
      isDuplicate: first.duplicate,
      subjects: state.subjects,
      next: next?.string(),
      purged: purged.purged,
      last: last?.id,
      removed,
      none: await streams.getMessage(IMAGES, { last_by_subj: 'cull.images.none' }),
      noStream: await errorOf(streams.info('NONE')),
      noConsumer: await errorOf(bus.manager.consumers.info(IMAGES, 'none')),
      names: await streams.names('cull.images.s.p').next(),
      nobody: await errorOf(bus.jetstream.publish('nobody.listens', '')),
    };
  },

  async 'the last message of a subject alone'(bus) {
    const subject = 'cull.results.r.p.project.progressed';
    for (const text of ['one', 'two']) await bus.jetstream.publish(subject, text);
    const { state } = await bus.manager.streams.info('RESULTS', { subjects_filter: subject });
    const last = await bus.manager.streams.getMessage('RESULTS', { last_by_subj: subject });
    const fields = headers();
    fields.set('Nats-Expected-Last-Subject-Sequence', '1000');
    const refused = await errorOf(bus.jetstream.publish(subject, 'three', { headers: fields }));
    return { kept: state.subjects, last: last?.string(), refused };
  },

  async 'keys and values'(bus) {
    const bucket = await new Kvm(bus.jetstream).create('conformance', { history: 1 });
    const created = await bucket.create('a', '1');
    const put = await bucket.put('b', 'x');
    const updated = await bucket.update('a', '2', created);
    const outdated = await errorOf(bucket.update('a', '3', created));
    const twice = await errorOf(bucket.create('a', '4'));
    const value = (await bucket.get('a'))?.string();
    await bucket.purge('b');
    const keys: string[] = [];
    for await (const key of await bucket.keys()) keys.push(key);
    const gone = (await bucket.get('b'))?.operation;
    const none = await bucket.get('c');
    return { created, put, updated, outdated, twice, value, keys, gone, none };
  },

  async 'acknowledged, handed back and terminated'(bus) {
    await publish(bus, 'cull.images.c.p', 5);
    const consumer = await addConsumer(bus, 'c', { filter: 'cull.images.c.>', most: 3 });
    const first = await take(consumer, 3);
    const none = await take(consumer, 1, NOTHING_WITHIN_MS);
    const atFirst = await countsOf(bus, 'c');
    first[0]?.ack();
    first[1]?.nak();
    first[2]?.term();
    const second = await take(consumer, 3);
    const atSecond = await countsOf(bus, 'c');
    second[0]?.nak(300);
    for (const each of second.slice(1)) await each.ackAck();
    const startedMs = performance.now();
    const third = await take(consumer, 1);
    const isDelayed = performance.now() - startedMs > 200;
    await third[0]?.ackAck();
    const atEnd = await countsOf(bus, 'c');
    return {
      first: tell(first),
      none: tell(none),
      second: tell(second),
      third: tell(third),
      isDelayed,
      atFirst,
      atSecond,
      atEnd,
    };
  },

  async 'delivered again after the ack wait'(bus) {
    await publish(bus, 'cull.images.w.p', 3);
    const consumer = await addConsumer(bus, 'w', {
      filter: 'cull.images.w.>',
      ackWaitMs: SHORT_MS,
    });
    const first = await take(consumer, 3);
    first[1]?.ack();
    const working = setInterval(() => first[2]?.working(), SHORT_MS / 10);
    const again = await take(consumer, 1);
    clearInterval(working);
    const counts = await countsOf(bus, 'w');
    for (const each of [...again, first[2]]) await each?.ackAck();
    return { first: tell(first), again: tell(again), counts, atEnd: await countsOf(bus, 'w') };
  },

  async 'a consumer that is changed and deleted'(bus) {
    await publish(bus, 'cull.images.d.p', 4);
    const consumer = await addConsumer(bus, 'd', { filter: 'cull.images.d.>', most: 1 });
    const one = await take(consumer, 2, NOTHING_WITHIN_MS);
    await bus.manager.consumers.update(IMAGES, 'd', { max_ack_pending: 3 });
    const more = await take(consumer, 2);
    const { config } = await bus.manager.consumers.info(IMAGES, 'd');
    const isDeleted = await bus.manager.consumers.delete(IMAGES, 'd');
    const { max_ack_pending, max_deliver, filter_subject } = config;
    const after = await errorOf(bus.manager.consumers.info(IMAGES, 'd'));
    return {
      one: tell(one),
      more: tell(more),
      max_ack_pending,
      max_deliver,
      filter_subject,
      isDeleted,
      after,
    };
  },

  async 'batches and single deliveries, bundled'(bus) {
    const subject = 'cull.images.b.p';
    const publisher = bus.publisher({ bundle: { maxEvents: 4, maxBytes: 10_000 } });
    for (let index = 0; index < 10; index++) {
      await publisher.send(subject, Buffer.from(`${index}`), { id: `b/${index}` });
    }
    await publisher.flush();
    await addConsumer(bus, 'b', { filter: 'cull.images.b.>' });
    await addConsumer(bus, 'e', { filter: 'cull.images.b.>' });
    const batched: string[] = [];
    const each: string[] = [];
    const batches = await consumeBatches(
      bus,
      { stream: IMAGES, durable: 'b' },
      { maxBatch: 6, lingerMs: 20 },
      (deliveries) => {
        batched.push(...deliveries.map(({ data }) => Buffer.from(data).toString()));
        const isBad = (index: number) => deliveries[index]?.id === 'b/3';
        return Promise.resolve(
          deliveries.map((_, index) => (isBad(index) ? new MalformedEventError('bad') : undefined)),
        );
      },
    );
    const singles = await consumeEach(
      bus,
      { stream: IMAGES, durable: 'e' },
      { maxInFlight: 3 },
      ({ data }) => Promise.resolve(void each.push(Buffer.from(data).toString())),
    );
    while (batched.length < 10 || each.length < 10) await delay(10);
    await Promise.all([batches.stop(), singles.stop()]);
    const letters = (await listDeadLetters(bus)).map(({ id, reason }) => `${id} ${reason}`);
    return {
      batched: batched.sort(),
      each: each.sort(),
      letters,
      b: await countsOf(bus, 'b'),
      e: await countsOf(bus, 'e'),
    };
  },

  async 'requests and their answers'(bus) {
    const { connection } = bus;
    const subscription = connection.subscribe('cull.ask.*', {
      callback: (_error, message) => void message.respond(`to ${message.subject}`),
    });
    await connection.flush();
    const answer = await connection.request('cull.ask.me', '', { timeout: 1_000 });
    subscription.unsubscribe();
    await connection.flush();
    const nobody = await errorOf(connection.request('cull.ask.me', '', { timeout: 1_000 }));
    return { answer: answer.string(), nobody };
  },
};

export async function prepare(bus: Bus): Promise<void> {
  await ensureStreams(bus);
  await ensureStreams(bus);
}
