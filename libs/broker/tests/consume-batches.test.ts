import { MalformedEventError, PermanentError, TransientError } from '@cullstream/contracts';
import { consumeBatches, type Bus, type Disposition } from '@cullstream/bus';
import { describe, expect, it } from 'vitest';
import {
  listLetters,
  numbered,
  useBroker,
  startRun,
  toText,
  untilDrained,
} from './broker-fixture.js';

describe('consuming in batches', () => {
  let bus: Bus;
  useBroker((connected) => (bus = connected));

  it('hands over everything in order, in batches that are never too large', async () => {
    const { spec } = await startRun(bus, numbered(100));
    const batches: string[][] = [];

    const consumption = await consumeBatches(
      bus,
      spec,
      { maxBatch: 8, lingerMs: 20 },
      (deliveries) => {
        batches.push(deliveries.map(({ data }) => toText(data)));
        return Promise.resolve(deliveries.map(() => undefined));
      },
    );
    await untilDrained(bus, spec);
    await consumption.stop();

    expect(batches.flat()).toEqual(numbered(100));
    expect(Math.max(...batches.map(({ length }) => length))).toBe(8);
    await expect(consumption.done).resolves.toBeUndefined();
  });

  it('describes each delivery', async () => {
    const { spec, subject } = await startRun(bus, ['only']);
    const seen: unknown[] = [];

    const consumption = await consumeBatches(
      bus,
      spec,
      { maxBatch: 8, lingerMs: 0 },
      (deliveries) => {
        seen.push(...deliveries.map((delivery) => ({ ...delivery, data: toText(delivery.data) })));
        return Promise.resolve([undefined]);
      },
    );
    await untilDrained(bus, spec);
    await consumption.stop();

    expect(seen).toEqual([
      {
        subject,
        data: 'only',
        id: `${subject}/only`,
        streamSequence: expect.any(Number) as number,
        part: 0,
        deliveryCount: 1,
        timeMs: expect.any(Number) as number,
      },
    ]);
  });

  it('settles each delivery of a batch by its own outcome', async () => {
    const { spec } = await startRun(bus, ['fine', 'broken', 'later']);
    const settled: [string, Disposition['kind']][] = [];
    let failures = 0;

    const consumption = await consumeBatches(
      bus,
      spec,
      {
        maxBatch: 3,
        lingerMs: 1_000,
        onSettled: (decided, delivery) => settled.push([toText(delivery.data), decided.kind]),
      },
      (deliveries) =>
        Promise.resolve(
          deliveries.map(({ data }) => {
            if (toText(data) === 'broken') return new PermanentError('crc-mismatch', 'bad bytes');
            if (toText(data) === 'later' && failures++ === 0) {
              return new TransientError('not now', { retryAfterMs: 1 });
            }
            return undefined;
          }),
        ),
    );
    await untilDrained(bus, spec);
    await consumption.stop();

    expect(settled.sort()).toEqual([
      ['broken', 'dead'],
      ['fine', 'ack'],
      ['later', 'ack'],
      ['later', 'nak'],
    ]);
  });

  it('makes a malformed event a dead letter at its first delivery', async () => {
    const { spec, subject } = await startRun(bus, ['garbage']);

    const consumption = await consumeBatches(bus, spec, { maxBatch: 4, lingerMs: 0 }, () =>
      Promise.reject(new MalformedEventError('not an event:\nreally')),
    );
    await untilDrained(bus, spec);
    await consumption.stop();

    expect(await listLetters(bus, spec)).toMatchObject([
      {
        subject,
        stream: 'IMAGES',
        deliveries: 1,
        reason: 'malformed-event',
        message: 'not an event: really',
        id: `${subject}/garbage`,
        data: Buffer.from('garbage'),
      },
    ]);
  });

  it('retries a passing failure for as long as it takes', async () => {
    const { spec } = await startRun(bus, ['stubborn']);
    const counts: number[] = [];

    const consumption = await consumeBatches(
      bus,
      spec,
      { maxBatch: 4, lingerMs: 0 },
      ([delivery]) => {
        counts.push(delivery?.deliveryCount ?? 0);
        return counts.length <= 12
          ? Promise.reject(new TransientError('disk full', { retryAfterMs: 1 }))
          : Promise.resolve([undefined]);
      },
    );
    await untilDrained(bus, spec);
    await consumption.stop();

    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(await listLetters(bus, spec)).toEqual([]);
  });

  it('gives a bug up after five deliveries', async () => {
    const { spec } = await startRun(bus, ['bug']);
    const counts: number[] = [];

    const consumption = await consumeBatches(
      bus,
      spec,
      { maxBatch: 4, lingerMs: 0 },
      ([delivery]) => {
        counts.push(delivery?.deliveryCount ?? 0);
        return Promise.reject(new TypeError('x is undefined'));
      },
    );
    await untilDrained(bus, spec);
    await consumption.stop();

    expect(counts).toEqual([1, 2, 3, 4, 5]);
    expect(await listLetters(bus, spec)).toMatchObject([
      { reason: 'unexpected-error', message: 'x is undefined', deliveries: 5 },
    ]);
  });
});
