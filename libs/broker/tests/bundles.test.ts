import { PermanentError, TransientError } from '@cullstream/contracts';
import {
  consumeBatches,
  consumeEach,
  consumerBacklog,
  countEvents,
  readLastEvent,
  readAllEvents,
  type Bus,
  type Disposition,
} from '@cullstream/bus';
import { describe, expect, it, vi } from 'vitest';
import {
  createGate,
  listLetters,
  numbered,
  SOON,
  useBroker,
  startRun,
  toText,
  untilDrained,
} from './broker-fixture.js';

const limits = { maxEvents: 4, maxBytes: 1_000 };

describe('events that are bundled', () => {
  let bus: Bus;
  useBroker((connected) => (bus = connected));

  async function publishBundled(subject: string, texts: readonly string[]): Promise<void> {
    const publisher = bus.publisher({ bundle: limits });
    await Promise.all(
      texts.map((text) =>
        publisher.publish(subject, Buffer.from(text), { id: `${subject}/${text}` }),
      ),
    );
  }

  async function startBundledRun(texts: readonly string[]) {
    const run = await startRun(bus, []);
    await publishBundled(run.subject, texts);
    return run;
  }

  it('share messages of limited size and are read one by one, in order', async () => {
    const { subject } = await startBundledRun(numbered(10));
    const read: [number, number, string][] = [];
    await readAllEvents(bus, { stream: 'IMAGES', filter: subject }, ({ sequence, part, data }) => {
      read.push([sequence, part, toText(data)]);
    });

    const first = read[0]?.[0] ?? 0;
    expect(read).toEqual(
      numbered(10).map((text, index) => [first + Math.floor(index / 4), index % 4, text]),
    );
    expect(await countEvents(bus, 'IMAGES', subject)).toBe(10);
    const last = await readLastEvent(bus, 'IMAGES', subject);
    expect([last && toText(last.data), last?.id]).toEqual(['m9', `${subject}/m9`]);
  });

  it('stay in order around one that carries a trace, in a message of its own', async () => {
    const run = await startRun(bus, []);
    const publisher = bus.publisher({ bundle: limits });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await Promise.all(
      ['a', 'b', 'c', 'd'].map((id) =>
        publisher.publish(run.subject, Buffer.from(id), {
          id: `${run.subject}/${id}`,
          traceparent: id === 'b' ? traceparent : undefined,
        }),
      ),
    );
    const handled: [string, number, string | undefined][] = [];
    const consumption = await consumeEach(bus, run.spec, { maxInFlight: 1 }, (delivery) => {
      handled.push([toText(delivery.data), delivery.part, delivery.traceparent]);
      return Promise.resolve();
    });
    await untilDrained(bus, run.spec);
    await consumption.stop();
    expect(handled).toEqual([
      ['a', 0, undefined],
      ['b', 0, traceparent],
      ['c', 0, undefined],
      ['d', 1, undefined],
    ]);
  });

  it('begin another message where bytes would be too many', async () => {
    const large = ['x'.repeat(600), 'y'.repeat(600)];
    const { subject } = await startBundledRun(large);
    const parts: number[] = [];
    await readAllEvents(bus, { stream: 'IMAGES', filter: subject }, ({ part }) => {
      parts.push(part);
    });
    expect(parts).toEqual([0, 0]);
  });

  it('are stored once together, and again in other company', async () => {
    const { subject } = await startBundledRun(['a', 'b', 'c']);
    await publishBundled(subject, ['a', 'b', 'c']);
    await publishBundled(subject, ['a', 'c', 'd']);
    const texts: string[] = [];
    await readAllEvents(bus, { stream: 'IMAGES', filter: subject }, ({ data }) => {
      texts.push(toText(data));
    });
    expect(texts).toEqual(['a', 'b', 'c', 'a', 'c', 'd']);
  });

  it('are handled one by one, and all come back when one of them is to be tried again', async () => {
    const { spec } = await startBundledRun(['fine', 'later']);
    const handled: [string, number][] = [];
    const settled: [string, Disposition['kind']][] = [];

    const consumption = await consumeEach(
      bus,
      spec,
      {
        maxInFlight: 4,
        onSettled: (decided, { data }) => settled.push([toText(data), decided.kind]),
      },
      ({ data, deliveryCount }) => {
        handled.push([toText(data), deliveryCount]);
        return toText(data) === 'later' && deliveryCount === 1
          ? Promise.reject(new TransientError('not now', { retryAfterMs: 1 }))
          : Promise.resolve();
      },
    );
    await untilDrained(bus, spec);
    await consumption.stop();

    expect(handled).toEqual([
      ['fine', 1],
      ['later', 1],
      ['fine', 2],
      ['later', 2],
    ]);
    expect(settled).toEqual([
      ['fine', 'ack'],
      ['later', 'nak'],
      ['fine', 'ack'],
      ['later', 'ack'],
    ]);
  });

  it('cost one event when one is broken', async () => {
    const { spec, subject } = await startBundledRun(['one', 'broken', 'three']);
    const done: string[] = [];

    const consumption = await consumeBatches(
      bus,
      spec,
      { maxBatch: 8, lingerMs: 0 },
      (deliveries) =>
        Promise.resolve(
          deliveries.map(({ data }) => {
            if (toText(data) === 'broken') return new PermanentError('crc-mismatch', 'bad bytes');
            done.push(toText(data));
            return undefined;
          }),
        ),
    );
    await untilDrained(bus, spec);
    await consumption.stop();

    expect(done).toEqual(['one', 'three']);
    expect(await listLetters(bus, spec)).toMatchObject([
      { part: 1, reason: 'crc-mismatch', id: `${subject}/broken`, data: Buffer.from('broken') },
    ]);
  });

  it('go back with their neighbours when the consumer stops in the middle of a message', async () => {
    const { spec } = await startBundledRun(['a', 'b', 'c']);
    const entered = createGate();
    const gate = createGate();
    const begun: string[] = [];
    const first = await consumeEach(bus, spec, { maxInFlight: 1 }, ({ data }) => {
      begun.push(toText(data));
      entered.open();
      return gate.opened;
    });
    await entered.opened;
    const stopped = first.stop();
    gate.open();
    await stopped;
    expect(begun).toEqual(['a']);

    const handled: string[] = [];
    const second = await consumeEach(bus, spec, { maxInFlight: 4 }, ({ data }) => {
      handled.push(toText(data));
      return Promise.resolve();
    });
    await untilDrained(bus, spec);
    await second.stop();
    expect(handled).toEqual(['a', 'b', 'c']);
  });

  it('are fetched ahead by the message where the consumer asks for so many', async () => {
    const { spec } = await startBundledRun(numbered(24));
    const gate = createGate();
    const handled: string[] = [];
    const options = { maxInFlight: 1, prefetch: { events: 2, messages: 3 } };
    const consumption = await consumeEach(bus, spec, options, async ({ data }) => {
      await gate.opened;
      handled.push(toText(data));
    });
    await vi.waitFor(async () => {
      expect(await consumerBacklog(bus, spec)).toMatchObject({ pending: 3, ackPending: 3 });
    }, SOON);
    gate.open();
    await untilDrained(bus, spec);
    await consumption.stop();
    expect(handled).toEqual(numbered(24));
  });
});
