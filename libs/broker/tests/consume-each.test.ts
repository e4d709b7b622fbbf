import { PermanentError } from '@cullstream/contracts';
import { consumeEach, consumerBacklog, type Bus } from '@cullstream/bus';
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

describe('consuming one by one', () => {
  let bus: Bus;
  const fixture = useBroker((connected) => (bus = connected));

  it('handles everything, with as many handlers at a time as it may', async () => {
    const { spec } = await startRun(bus, numbered(60));
    const handled: string[] = [];
    const fourStarted = createGate();
    let running = 0;
    let most = 0;

    const consumption = await consumeEach(bus, spec, { maxInFlight: 4 }, async ({ data }) => {
      running += 1;
      most = Math.max(most, running);
      if (running === 4) fourStarted.open();
      await fourStarted.opened;
      handled.push(toText(data));
      running -= 1;
    });
    await untilDrained(bus, spec);
    await consumption.stop();

    expect(handled.sort()).toEqual(numbered(60).sort());
    expect(most).toBe(4);
  });

  it('gives up only the delivery whose handler says so', async () => {
    const { spec } = await startRun(bus, ['fine', 'broken']);

    const consumption = await consumeEach(bus, spec, { maxInFlight: 4 }, ({ data }) =>
      toText(data) === 'broken'
        ? Promise.reject(new PermanentError('empty-file', 'nothing in it'))
        : Promise.resolve(),
    );
    await untilDrained(bus, spec);
    await consumption.stop();

    expect(await listLetters(bus, spec)).toMatchObject([
      { reason: 'empty-file', message: 'nothing in it', data: Buffer.from('broken') },
    ]);
  });

  it('lets handlers in work finish and be settled when it stops', async () => {
    const { spec } = await startRun(bus, numbered(20), { ackWaitMs: 120_000 });
    const gate = createGate();
    const started = createGate();
    const handled: string[] = [];
    const consumption = await consumeEach(bus, spec, { maxInFlight: 3 }, async ({ data }) => {
      started.open();
      await gate.opened;
      handled.push(toText(data));
    });
    await started.opened;

    const stopped = consumption.stop();
    gate.open();
    await stopped;

    expect(handled.length).toBeLessThanOrEqual(3);
    await vi.waitFor(async () => {
      const { pending, ackPending } = await consumerBacklog(bus, spec);
      expect(pending + ackPending).toBe(20 - handled.length);
    }, SOON);
    const rest: string[] = [];
    const next = await consumeEach(bus, spec, { maxInFlight: 3 }, ({ data }) => {
      rest.push(toText(data));
      return Promise.resolve();
    });
    await untilDrained(bus, spec);
    await next.stop();
    expect([...handled, ...rest].sort()).toEqual(numbered(20).sort());
  });

  it('gives up the one message that ends the process, and none of its neighbours', async () => {
    const { spec } = await startRun(bus, ['good1', 'poison', 'good2'], { ackWaitMs: 300 });
    const good: string[] = [];

    while ((await listLetters(bus, spec)).length === 0) {
      const mortal = await fixture().connect('mortal');
      const died = createGate();
      await consumeEach(mortal, spec, { maxInFlight: 3 }, async ({ data }) => {
        if (toText(data) === 'poison') {
          await mortal.close();
          died.open();
          await createGate().opened;
        }
        good.push(toText(data));
      });
      const buried = vi.waitFor(
        async () => expect(await listLetters(bus, spec)).toHaveLength(1),
        SOON,
      );
      buried.catch(() => undefined);
      await Promise.race([died.opened, buried]);
      await mortal.close();
    }

    expect(await listLetters(bus, spec)).toMatchObject([
      { reason: 'never-finished', data: Buffer.from('poison') },
    ]);
    expect(new Set(good)).toEqual(new Set(['good1', 'good2']));
  });
});
