import { TransientError } from '@cullstream/contracts';
import type { Bus } from '../connection/bus.js';
import { toError } from '../to-error.js';
import type { ConsumerRef } from '../topology/consumers.js';
import type { ConsumptionOptions } from './consumption.js';
import type { Delivery } from './delivery.js';
import { MAX_DELIVERIES, NeverFinishedError, type Outcome } from './to-disposition.js';
import type { UnackedMessage, UnackedPart } from './unacked-message.js';
import type { PrefetchBuffer } from './prefetch-buffer.js';
import { createRedeliveryLog } from './redelivery-log.js';
import { settle } from './settlement.js';
import { openUnfinishedAttempts, type UnfinishedAttempts } from './unfinished-attempts.js';

export type BatchHandler = (deliveries: readonly Delivery[]) => Promise<readonly Outcome[]>;

/**
 * Attempts alone that ended with the process, after which an event is given up unhandled. Two may happen by
 * chance: the simulation kills a writer twice in the same event (seed 25571).
 */
const MAX_UNFINISHED_ATTEMPTS = 3;
/** So many more at giving it up, after which only a dead letter is left of it. */
const MAX_UNFINISHED_IN_ALL = 2 * MAX_UNFINISHED_ATTEMPTS;

export interface MessageHandler {
  /** Delivered so often that it may be what ends the process: to be handled alone. */
  isSuspect(part: UnackedPart): boolean;
  /** Handles events together, and settles the messages that are finished with them. Never throws. */
  handleTogether(parts: readonly UnackedPart[]): Promise<void>;
  /** The same for a suspect, writing down beforehand that it is tried. Never throws. */
  handleAlone(part: UnackedPart): Promise<void>;
  /** Events that will not be handled here: their messages go back when the others are finished. */
  handBack(parts: readonly UnackedPart[]): Promise<void>;
}

export function createMessageHandler(
  bus: Bus,
  ref: ConsumerRef,
  buffer: PrefetchBuffer,
  handle: BatchHandler,
  options: ConsumptionOptions,
): MessageHandler {
  const deadLetters = bus.publisher({ maxInFlight: 16 });
  const redeliveries = createRedeliveryLog(bus.log);
  let attempts: Promise<UnfinishedAttempts> | undefined;

  function openAttempts(): Promise<UnfinishedAttempts> {
    attempts ??= openUnfinishedAttempts(bus).catch((error: unknown) => {
      attempts = undefined;
      throw error;
    });
    return attempts;
  }

  /** @returns the settling of the message, where this was the last of its events */
  function finish(part: UnackedPart, outcome: Outcome, ms: number): Promise<void> | undefined {
    part.ended = { outcome, ms };
    part.owner.unfinished -= 1;
    return part.owner.unfinished === 0 ? settleMessage(part.owner) : undefined;
  }

  async function settleMessage(held: UnackedMessage): Promise<void> {
    const dispositions = await settle(bus, deadLetters, ref, held, redeliveries, tellGivenUp);
    buffer.release(held);
    for (const [index, { delivery, ended }] of held.parts.entries()) {
      const decided = dispositions[index];
      if (decided) options.onSettled?.(decided, delivery, ended?.ms ?? 0);
    }
  }

  /** Before an event becomes a dead letter. What that ends with the process is written down, too. */
  async function tellGivenUp(delivery: Delivery, error: Error): Promise<void> {
    if (error instanceof NeverFinishedError && !(await isBegun(delivery, MAX_UNFINISHED_IN_ALL)))
      return;
    await options.onDead?.(delivery, error);
  }

  /** Writes down that an event is tried, unless that was done `most` times and never taken back. */
  async function isBegun(delivery: Delivery, most: number): Promise<boolean> {
    const unfinished = await openAttempts();
    const before = await unfinished.count(ref, delivery);
    if (before >= most) return false;
    await unfinished.record(ref, delivery, before + 1);
    return true;
  }

  async function tryAlone({ delivery }: UnackedPart): Promise<Outcome> {
    try {
      if (!(await isBegun(delivery, MAX_UNFINISHED_ATTEMPTS))) {
        return new NeverFinishedError(
          `handling ended the process ${MAX_UNFINISHED_ATTEMPTS} times, after ${delivery.deliveryCount} deliveries`,
        );
      }
    } catch (cause) {
      return new TransientError('the attempt could not be written down', { cause });
    }
    const [outcome] = await handleEach(handle, [delivery]);
    return outcome;
  }

  async function clearAttempts({ delivery }: UnackedPart): Promise<void> {
    try {
      await (await openAttempts()).clear(ref, delivery);
    } catch (error) {
      bus.log.debug({ err: error }, 'an attempt stays written down');
    }
  }

  return {
    isSuspect: ({ delivery }) => delivery.deliveryCount > MAX_DELIVERIES,
    async handleTogether(parts) {
      const startedMs = performance.now();
      const outcomes = await handleEach(
        handle,
        parts.map(({ delivery }) => delivery),
      );
      const ms = performance.now() - startedMs;
      await Promise.all(parts.flatMap((part, index) => finish(part, outcomes[index], ms) ?? []));
    },
    async handleAlone(part) {
      const startedMs = performance.now();
      const outcome = await tryAlone(part);
      await finish(part, outcome, performance.now() - startedMs);
      // Else it would be tried anew while its message waits for others, or when it comes once more.
      if (!(outcome instanceof NeverFinishedError)) await clearAttempts(part);
    },
    async handBack(parts) {
      const outcome = new TransientError('the consumer stops', { retryAfterMs: 0 });
      await Promise.all(parts.flatMap((part) => finish(part, outcome, 0) ?? []));
    },
  };
}

/** One outcome for each delivery; what the handler throws applies to all. */
async function handleEach(
  handle: BatchHandler,
  deliveries: readonly Delivery[],
): Promise<readonly Outcome[]> {
  try {
    const outcomes = await handle(deliveries);
    if (outcomes.length !== deliveries.length) {
      throw new Error(`the handler settled ${outcomes.length} of ${deliveries.length} deliveries`);
    }
    return outcomes;
  } catch (thrown) {
    const error = toError(thrown);
    return deliveries.map(() => error);
  }
}
