import { TransientError } from '@cullstream/contracts';
import type { JsMsg } from '@nats-io/jetstream';
import type { Bus } from '../connection/bus.js';
import { toError } from '../to-error.js';
import type { ConsumerRef } from '../topology/consumers.js';
import type { ConsumptionOptions } from './consumption.js';
import { toDelivery, type Delivery } from './delivery.js';
import { MAX_DELIVERIES, NeverFinishedError, type Outcome } from './disposition.js';
import type { Intake } from './intake.js';
import { settle } from './settlement.js';
import { openUnfinishedAttempts, type UnfinishedAttempts } from './unfinished-attempts.js';

export type BatchHandler = (deliveries: readonly Delivery[]) => Promise<readonly Outcome[]>;

/** Attempts alone that ended with the process, after which a message is given up unhandled. */
const MAX_UNFINISHED_ATTEMPTS = 2;

export interface Handling {
  /** Delivered so often that it may be what ends the process: to be handled alone. */
  isSuspect(message: JsMsg): boolean;
  /** Handles and settles messages together. Never throws. */
  together(messages: readonly JsMsg[]): Promise<void>;
  /** Handles and settles a suspect, writing down beforehand that it is tried. Never throws. */
  alone(message: JsMsg): Promise<void>;
}

export function createHandling(
  bus: Bus,
  ref: ConsumerRef,
  intake: Intake,
  handle: BatchHandler,
  options: ConsumptionOptions,
): Handling {
  const deadLetters = bus.publisher({ maxInFlight: 16 });
  let attempts: Promise<UnfinishedAttempts> | undefined;

  function openAttempts(): Promise<UnfinishedAttempts> {
    attempts ??= openUnfinishedAttempts(bus).catch((error: unknown) => {
      attempts = undefined;
      throw error;
    });
    return attempts;
  }

  async function finish(message: JsMsg, outcome: Outcome, startedMs: number): Promise<void> {
    const decided = await settle(bus, deadLetters, ref, message, outcome, options.onDead);
    intake.release(message);
    options.onSettled?.(decided, toDelivery(message), performance.now() - startedMs);
  }

  async function tryAlone(message: JsMsg): Promise<Outcome> {
    try {
      const unfinished = await openAttempts();
      const before = await unfinished.count(ref, message.seq);
      if (before >= MAX_UNFINISHED_ATTEMPTS) {
        return new NeverFinishedError(
          `handling ended the process ${before} times, after ${message.info.deliveryCount} deliveries`,
        );
      }
      await unfinished.record(ref, message.seq, before + 1);
    } catch (cause) {
      return new TransientError('the attempt could not be written down', { cause });
    }
    const [outcome] = await outcomesOf(handle, [message]);
    return outcome;
  }

  async function clearAttempts(message: JsMsg): Promise<void> {
    try {
      await (await openAttempts()).clear(ref, message.seq);
    } catch (error) {
      bus.log.debug({ err: error }, 'an attempt stays written down');
    }
  }

  return {
    isSuspect: (message) => message.info.deliveryCount > MAX_DELIVERIES,
    async together(messages) {
      const startedMs = performance.now();
      const outcomes = await outcomesOf(handle, messages);
      await Promise.all(
        messages.map((message, index) => finish(message, outcomes[index], startedMs)),
      );
    },
    async alone(message) {
      const startedMs = performance.now();
      const outcome = await tryAlone(message);
      await finish(message, outcome, startedMs);
      await clearAttempts(message);
    },
  };
}

/** One outcome a message; what the handler throws is everybody's. */
async function outcomesOf(
  handle: BatchHandler,
  messages: readonly JsMsg[],
): Promise<readonly Outcome[]> {
  try {
    const outcomes = await handle(messages.map(toDelivery));
    if (outcomes.length !== messages.length) {
      throw new Error(`the handler settled ${outcomes.length} of ${messages.length} deliveries`);
    }
    return outcomes;
  } catch (thrown) {
    const error = toError(thrown);
    return messages.map(() => error);
  }
}
