import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '../connection/bus.js';
import type { ConsumerRef } from '../topology/consumers.js';
import type { Consumption, ConsumptionOptions } from './consumption.js';
import { createMessageHandler, type BatchHandler, type MessageHandler } from './message-handler.js';
import { openPrefetchBuffer, type Prefetch, type PrefetchBuffer } from './prefetch-buffer.js';

const WORKING_EVERY_MS = 15_000;
const FLUSH_TIMEOUT_MS = 2_000;

/** Takes messages out of the buffer and handles them, until the buffer has ended. */
export type ConsumeLoop = (buffer: PrefetchBuffer, handler: MessageHandler) => Promise<void>;

/** What both forms of consuming share: opening, `working()`, failing and stopping. */
export async function startConsumption(
  bus: Bus,
  ref: ConsumerRef,
  prefetch: Prefetch,
  handle: BatchHandler,
  options: ConsumptionOptions,
  loop: ConsumeLoop,
): Promise<Consumption> {
  const buffer = await openPrefetchBuffer(bus, ref, prefetch, options.accepts);
  const working = setInterval(
    () => reportWorking(bus, buffer),
    options.workingEveryMs ?? WORKING_EVERY_MS,
  );
  const handler = createMessageHandler(bus, options.knownAs ?? ref, buffer, handle, options);
  const looped = loop(buffer, handler);
  const done = finish().finally(() => clearInterval(working));
  done.catch(() => undefined); // Nobody has to wait for it.

  async function finish(): Promise<void> {
    try {
      await buffer.ended;
    } finally {
      await looped;
    }
  }

  return {
    done,
    async stop() {
      await handler.handBack(await buffer.stop());
      await looped;
      await Promise.race([
        bus.connection.flush().catch(() => undefined),
        delay(FLUSH_TIMEOUT_MS, undefined, { ref: false }),
      ]);
    },
  };
}

function reportWorking(bus: Bus, buffer: PrefetchBuffer): void {
  try {
    for (const { message } of buffer.unacked) message.working();
  } catch (error) {
    bus.log.debug({ err: error }, 'not reported as in work: the connection is closing');
  }
}
