import { setTimeout as delay } from 'node:timers/promises';
import { Kvm } from '@nats-io/kv';
import { headers } from '@nats-io/nats-core';
import {
  consumeBatches,
  consumeEach,
  ensureStreams,
  listDeadLetters,
  readLastEvent,
  type Bus,
} from '@cullstream/bus';
import { MalformedEventError } from '@cullstream/contracts';
import { lendBytes } from './lend-bytes.js';
import {
  IMAGES,
  SHORT_MS,
  NOTHING_WITHIN_MS,
  addConsumer,
  countMessages,
  describeRefusal,
  publish,
  take,
  tell,
} from './operations.js';

/** Does something with a broker. @returns what was seen of it, without what differs by nature */
export type Scenario = (bus: Bus) => Promise<unknown>;

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
      noStream: await describeRefusal(streams.info('NONE')),
      noConsumer: await describeRefusal(bus.manager.consumers.info(IMAGES, 'none')),
      names: await streams.names('cull.images.s.p').next(),
      nobody: await describeRefusal(bus.jetstream.publish('nobody.listens', '')),
    };
  },

  async 'the last message of a subject alone'(bus) {
    const subject = 'cull.results.r.p.project.progressed';
    for (const text of ['one', 'two']) await bus.jetstream.publish(subject, text);
    const { state } = await bus.manager.streams.info('RESULTS', { subjects_filter: subject });
    const last = await bus.manager.streams.getMessage('RESULTS', { last_by_subj: subject });
    const fields = headers();
    fields.set('Nats-Expected-Last-Subject-Sequence', '1000');
    const refused = await describeRefusal(
      bus.jetstream.publish(subject, 'three', { headers: fields }),
    );
    return { kept: state.subjects, last: last?.string(), refused };
  },

  async 'keys and values'(bus) {
    const bucket = await new Kvm(bus.jetstream).create('conformance', { history: 1 });
    const created = await bucket.create('a', '1');
    const put = await bucket.put('b', 'x');
    const updated = await bucket.update('a', '2', created);
    const outdated = await describeRefusal(bucket.update('a', '3', created));
    const twice = await describeRefusal(bucket.create('a', '4'));
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
    const atFirst = await countMessages(bus, 'c');
    first[0]?.ack();
    first[1]?.nak();
    first[2]?.term();
    const second = await take(consumer, 3);
    const atSecond = await countMessages(bus, 'c');
    second[0]?.nak(300);
    for (const each of second.slice(1)) await each.ackAck();
    const startedMs = performance.now();
    const third = await take(consumer, 1);
    const isDelayed = performance.now() - startedMs > 200;
    await third[0]?.ackAck();
    const atEnd = await countMessages(bus, 'c');
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
    const counts = await countMessages(bus, 'w');
    for (const each of [...again, first[2]]) await each?.ackAck();
    return { first: tell(first), again: tell(again), counts, atEnd: await countMessages(bus, 'w') };
  },

  async 'a consumer that is changed and deleted'(bus) {
    await publish(bus, 'cull.images.d.p', 4);
    const consumer = await addConsumer(bus, 'd', { filter: 'cull.images.d.>', most: 1 });
    const one = await take(consumer, 2, NOTHING_WITHIN_MS);
    await bus.manager.consumers.update(IMAGES, 'd', { max_ack_pending: 3 });
    const more = await take(consumer, 2);
    const { config } = await bus.manager.consumers.info(IMAGES, 'd');
    const listed: (string | undefined)[] = [];
    for await (const each of bus.manager.consumers.list(IMAGES)) {
      if (each.name === 'd') listed.push(each.config.filter_subject);
    }
    const isDeleted = await bus.manager.consumers.delete(IMAGES, 'd');
    const { max_ack_pending, max_deliver, filter_subject } = config;
    const after = await describeRefusal(bus.manager.consumers.info(IMAGES, 'd'));
    return {
      one: tell(one),
      more: tell(more),
      max_ack_pending,
      max_deliver,
      filter_subject,
      listed,
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
      b: await countMessages(bus, 'b'),
      e: await countMessages(bus, 'e'),
    };
  },

  'bytes of an image by way of a bucket': lendBytes,

  async 'requests and their answers'(bus) {
    const { connection } = bus;
    const subscription = connection.subscribe('cull.ask.*', {
      callback: (_error, message) => void message.respond(`to ${message.subject}`),
    });
    await connection.flush();
    const answer = await connection.request('cull.ask.me', '', { timeout: 1_000 });
    subscription.unsubscribe();
    await connection.flush();
    const nobody = await describeRefusal(connection.request('cull.ask.me', '', { timeout: 1_000 }));
    return { answer: answer.string(), nobody };
  },
};

export async function prepare(bus: Bus): Promise<void> {
  await ensureStreams(bus);
  await ensureStreams(bus);
}
