import type { Bus } from '../connection/bus.js';
import type { ConsumerRef } from '../topology/consumers.js';
import type { Consumption, ConsumptionOptions } from './consumption.js';
import type { Delivery } from './delivery.js';
import type { Prefetch } from './prefetch-buffer.js';
import { createSignal } from './signal.js';
import { startConsumption } from './start-consumption.js';

export interface ConsumeEachOptions extends ConsumptionOptions {
  /** Handlers that run at the same time. */
  readonly maxInFlight: number;
  /** Default: twice as many events. */
  readonly prefetch?: Prefetch | undefined;
}

/**
 * Handles deliveries one by one, up to `maxInFlight` at the same time. A handler that resolves is
 * done; what it throws decides what becomes of the delivery.
 *
 * A message that was delivered more than five times is handled alone, with nothing beside it that
 * could end the process in its stead; it is given up when handling it ended the process three
 * times.
 * @throws {Error} when the stream or the consumer is missing.
 */
export function consumeEach(
  bus: Bus,
  ref: ConsumerRef,
  options: ConsumeEachOptions,
  handle: (delivery: Delivery) => Promise<void>,
): Promise<Consumption> {
  const { maxInFlight, prefetch = { events: 2 * maxInFlight } } = options;
  const inWork = new Set<Promise<void>>();
  const ended = createSignal();

  async function handleAll(deliveries: readonly Delivery[]): Promise<undefined[]> {
    await Promise.all(deliveries.map(handle));
    return deliveries.map(() => undefined);
  }

  return startConsumption(bus, ref, prefetch, handleAll, options, async (buffer, handler) => {
    for (;;) {
      while (inWork.size >= maxInFlight) await ended.next();
      const parts = await buffer.take(maxInFlight - inWork.size, 0);
      if (parts.length === 0) break;
      for (const part of parts) {
        if (handler.isSuspect(part)) {
          await Promise.all(inWork);
          await handler.handleAlone(part);
          continue;
        }
        const tracked = handler.handleTogether([part]).finally(() => {
          inWork.delete(tracked);
          ended.notify();
        });
        inWork.add(tracked);
      }
    }
    await Promise.all(inWork);
  });
}
