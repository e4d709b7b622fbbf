import type { Bus } from '../connection/bus.js';
import type { ConsumerRef } from '../topology/consumers.js';
import type { Consumption, ConsumptionOptions } from './consumption.js';
import type { BatchHandler } from './message-handler.js';
import type { UnackedPart } from './unacked-message.js';
import { startConsumption } from './start-consumption.js';

export interface ConsumeBatchesOptions extends ConsumptionOptions {
  readonly maxBatch: number;
  /** How long a batch that is not full waits for more, from its first message on. */
  readonly lingerMs: number;
}

/**
 * Handles one batch at a time while the next is being fetched. The handler returns an outcome for
 * each delivery, in order: `undefined` is done, an error is that delivery's own. What it throws
 * applies to all.
 *
 * A message that was delivered more than five times is handled alone, as a batch of one, so that
 * one that ends the process can be told from its neighbours; it is given up when handling it alone
 * ended the process three times.
 * @throws {Error} when the stream or the consumer is missing.
 */
export function consumeBatches(
  bus: Bus,
  ref: ConsumerRef,
  options: ConsumeBatchesOptions,
  handle: BatchHandler,
): Promise<Consumption> {
  const { maxBatch, lingerMs } = options;
  const prefetch = { events: 2 * maxBatch };
  return startConsumption(bus, ref, prefetch, handle, options, async (buffer, handler) => {
    for (;;) {
      const batch = await buffer.take(maxBatch, lingerMs);
      if (batch.length === 0) return;
      const suspects = batch.filter((part) => handler.isSuspect(part));
      const others = batch.filter((part) => !handler.isSuspect(part));
      if (others.length > 0) await handler.handleTogether(others);
      await inTurn(suspects, (suspect) => handler.handleAlone(suspect));
    }
  });
}

async function inTurn(
  parts: readonly UnackedPart[],
  handle: (part: UnackedPart) => Promise<void>,
): Promise<void> {
  for (const part of parts) await handle(part);
}
