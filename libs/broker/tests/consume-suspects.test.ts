import { TransientError } from '@cullstream/contracts';
import { consumeBatches, openUnfinishedAttempts, type Bus } from '@cullstream/bus';
import { describe, expect, it, vi } from 'vitest';
import {
  createGate,
  SOON,
  listLetters,
  useBroker,
  startRun,
  toText,
  untilDrained,
} from './broker-fixture.js';

describe('events that may end the process', () => {
  let bus: Bus;
  const fixture = useBroker((connected) => (bus = connected));

  it('gives up the one message that ends the process, and none of its neighbours', async () => {
    const { spec } = await startRun(bus, ['good1', 'poison', 'good2'], { ackWaitMs: 300 });
    const good: string[] = [];
    let deaths = 0;

    while ((await listLetters(bus, spec)).length === 0) {
      const mortal = await fixture().connect('mortal');
      const died = createGate();
      let isDead = false;
      await consumeBatches(mortal, spec, { maxBatch: 8, lingerMs: 50 }, async (deliveries) => {
        if (deliveries.some(({ data }) => toText(data) === 'poison')) {
          // A process dies once, even if more messages arrive before it has ended.
          if (!isDead) deaths += 1;
          isDead = true;
          await mortal.close();
          died.open();
          return createGate().opened.then(() => []);
        }
        good.push(...deliveries.map(({ data }) => toText(data)));
        return deliveries.map(() => undefined);
      });
      const buried = vi.waitFor(
        async () => {
          expect(await listLetters(bus, spec)).toHaveLength(1);
          // The messages beside it may be delivered after it.
          expect(new Set(good).size).toBe(2);
        },
        { timeout: 10_000, interval: 50 },
      );
      await Promise.race([died.opened, buried]);
      buried.catch(() => undefined);
      await mortal.close();
    }

    expect(await listLetters(bus, spec)).toMatchObject([
      { reason: 'never-finished', data: Buffer.from('poison') },
    ]);
    expect(new Set(good)).toEqual(new Set(['good1', 'good2']));
    // Five deliveries together with others and three alone. One that is lost with a connection counts
    // too.
    expect(deaths).toBeGreaterThanOrEqual(5);
    expect(deaths).toBeLessThanOrEqual(8);
  });

  it('tries none alone again that ended three processes so, though the server has lost its count', async () => {
    const { spec } = await startRun(bus, ['poison']);
    const stored = await bus.manager.streams.getMessage(spec.stream, { last_by_subj: spec.filter });
    const attempts = await openUnfinishedAttempts(bus);
    await attempts.record(spec, { streamSequence: stored?.seq ?? 0, part: 0 }, 3);
    const counts: number[] = [];
    const consumption = await consumeBatches(
      bus,
      spec,
      { maxBatch: 4, lingerMs: 0 },
      ([delivery]) => {
        counts.push(delivery?.deliveryCount ?? 0);
        return Promise.reject(new TransientError('handed back', { retryAfterMs: 1 }));
      },
    );
    await untilDrained(bus, spec);
    await consumption.stop();
    expect(counts).toEqual([1, 2, 3, 4, 5]);
    expect(await listLetters(bus, spec)).toMatchObject([{ reason: 'never-finished' }]);
  });

  it('gives up several of one message that end the process, each after three deaths of its own', async () => {
    const { spec, subject } = await startRun(bus, [], { ackWaitMs: 300 });
    const texts = ['good1', 'poison1', 'poison2', 'poison3', 'good2'];
    const publisher = bus.publisher({ bundle: { maxEvents: 8, maxBytes: 1_000 } });
    await Promise.all(
      texts.map((text) =>
        publisher.publish(subject, Buffer.from(text), { id: `${subject}/${text}` }),
      ),
    );
    const handedBack = await consumeBatches(bus, spec, { maxBatch: 8, lingerMs: 50 }, (given) =>
      Promise.reject(
        (given[0]?.deliveryCount ?? 0) < 6
          ? new TransientError('handed back', { retryAfterMs: 0 })
          : new TransientError('enough', { retryAfterMs: 300 }),
      ),
    );
    await vi.waitFor(async () => {
      const { delivered } = await bus.manager.consumers.info(spec.stream, spec.durable);
      expect(delivered.consumer_seq).toBeGreaterThan(5);
    }, SOON);
    await handedBack.stop();

    const told: string[] = [];
    let deaths = 0;
    const lives = async (): Promise<boolean> => {
      const mortal = await fixture().connect('mortal');
      const died = createGate();
      const onDead = ({ data }: { data: Uint8Array }) => {
        told.push(toText(data));
        return Promise.resolve();
      };
      const options = { maxBatch: 8, lingerMs: 50, onDead };
      await consumeBatches(mortal, spec, options, async (deliveries) => {
        if (deliveries.some(({ data }) => toText(data).startsWith('poison'))) {
          deaths += 1;
          await mortal.close();
          died.open();
          await createGate().opened;
        }
        return deliveries.map(() => undefined);
      });
      const drained = untilDrained(bus, spec).then(() => true);
      drained.catch(() => undefined);
      const lived = await Promise.race([died.opened.then(() => false), drained]);
      await mortal.close();
      return lived;
    };
    while (!(await lives()));

    // The server sometimes counts deliveries from one again: then up to five more, together.
    expect(deaths).toBeGreaterThanOrEqual(9);
    expect(deaths).toBeLessThanOrEqual(14);
    expect(told).toEqual(['poison1', 'poison2', 'poison3']);
    expect((await listLetters(bus, spec)).map(({ data }) => toText(data))).toEqual(told);
  });
});
