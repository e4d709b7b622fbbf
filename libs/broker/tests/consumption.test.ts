import { consumeBatches, consumerBacklog, consumerSpec, type Bus } from '@cullstream/bus';
import { describe, expect, it, vi } from 'vitest';
import {
  createGate,
  newRun,
  numbered,
  SOON,
  useBroker,
  startRun,
  toText,
  untilDrained,
} from './broker-fixture.js';

describe('a consumption', () => {
  let bus: Bus;
  const fixture = useBroker((connected) => (bus = connected));

  it('hands back at once what it had fetched ahead when it stops', async () => {
    const { spec } = await startRun(bus, numbered(16), { ackWaitMs: 120_000 });
    const gate = createGate();
    const started = createGate();
    const handled: string[] = [];
    const stopping = await consumeBatches(
      bus,
      spec,
      { maxBatch: 4, lingerMs: 0 },
      async (deliveries) => {
        started.open();
        await gate.opened;
        handled.push(...deliveries.map(({ data }) => toText(data)));
        return deliveries.map(() => undefined);
      },
    );
    await started.opened;
    await vi.waitFor(async () => {
      expect((await consumerBacklog(bus, spec)).ackPending).toBe(8);
    }, SOON);

    const stopped = stopping.stop();
    const taken: string[] = [];
    const other = await fixture().connect('other');
    const replica = await consumeBatches(
      other,
      spec,
      { maxBatch: 16, lingerMs: 0 },
      (deliveries) => {
        taken.push(...deliveries.map(({ data }) => toText(data)));
        return Promise.resolve(deliveries.map(() => undefined));
      },
    );
    await vi.waitFor(() => expect(taken.length + 4).toBeGreaterThanOrEqual(16 - 4), SOON);
    gate.open();
    await stopped;
    await untilDrained(bus, spec);
    await replica.stop();

    expect([...handled, ...taken].sort()).toEqual(numbered(16).sort());
  });

  it('keeps a delivery that takes longer than the ack wait', async () => {
    const patient = await startRun(bus, ['slow'], { ackWaitMs: 300 });
    const neglectful = await startRun(bus, ['slow'], { ackWaitMs: 300 });
    const gate = createGate();
    const held: number[] = [];
    const dropped: number[] = [];
    const options = { maxBatch: 1, lingerMs: 0 };

    const kept = await consumeBatches(
      bus,
      patient.spec,
      { ...options, workingEveryMs: 50 },
      async ([delivery]) => {
        held.push(delivery?.deliveryCount ?? 0);
        await gate.opened;
        return [undefined];
      },
    );
    const lost = await consumeBatches(
      bus,
      neglectful.spec,
      { ...options, maxBatch: 8, workingEveryMs: 60_000 },
      async ([delivery]) => {
        dropped.push(delivery?.deliveryCount ?? 0);
        await gate.opened;
        return [undefined];
      },
    );
    await vi.waitFor(async () => {
      expect((await consumerBacklog(bus, neglectful.spec)).redelivered).toBe(1);
    }, SOON);
    gate.open();
    await Promise.all([kept.stop(), lost.stop()]);

    expect(held).toEqual([1]);
    expect((await consumerBacklog(bus, patient.spec)).redelivered).toBe(0);
  });

  it('shares work between two replicas', async () => {
    const { spec } = await startRun(bus, numbered(200), { maxAckPending: 32 });
    const other = await fixture().connect('replica');
    const counts = [0, 0];
    const bothStarted = [createGate(), createGate()];

    const consumptions = await Promise.all(
      [bus, other].map((connected, replica) =>
        consumeBatches(connected, spec, { maxBatch: 4, lingerMs: 0 }, async (deliveries) => {
          counts[replica] = (counts[replica] ?? 0) + deliveries.length;
          bothStarted[replica]?.open();
          await Promise.all(bothStarted.map(({ opened }) => opened));
          return deliveries.map(() => undefined);
        }),
      ),
    );
    await untilDrained(bus, spec);
    await Promise.all(consumptions.map((consumption) => consumption.stop()));

    expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(200);
    expect(Math.min(...counts)).toBeGreaterThan(20);
  });

  it('fails when its consumer is deleted', async () => {
    const { spec } = await startRun(bus, []);
    const consumption = await consumeBatches(bus, spec, { maxBatch: 4, lingerMs: 0 }, () =>
      Promise.resolve([]),
    );

    await bus.manager.consumers.delete(spec.stream, spec.durable);

    await expect(consumption.done).rejects.toThrow(`no consumer ${spec.durable}`);
  });

  it('fails when its connection closes', async () => {
    const { spec } = await startRun(bus, []);
    const other = await fixture().connect();
    const consumption = await consumeBatches(other, spec, { maxBatch: 4, lingerMs: 0 }, () =>
      Promise.resolve([]),
    );

    await other.close();

    await expect(consumption.done).rejects.toThrow('the connection closed');
  });

  it('refuses to start without its consumer', async () => {
    const spec = consumerSpec('embedder', { run: newRun(), maxAckPending: 1 });

    const starting = consumeBatches(bus, spec, { maxBatch: 4, lingerMs: 0 }, () =>
      Promise.resolve([]),
    );

    await expect(starting).rejects.toThrow(`no consumer ${spec.durable}`);
  });
});
