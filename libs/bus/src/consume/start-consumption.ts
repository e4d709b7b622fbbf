import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '../connection/bus.js';
import type { ConsumerRef } from '../topology/consumers.js';
import type { Consumption, ConsumptionOptions } from './consumption.js';
import { createHandling, type BatchHandler, type Handling } from './handling.js';
import { openPrefetchBuffer, type PrefetchBuffer } from './prefetch-buffer.js';

const WORKING_EVERY_MS = 15_000;
const FLUSH_TIMEOUT_MS = 2_000;

/** Takes messages out of the intake and handles them, until the intake has ended. */
export type Pump = (intake: PrefetchBuffer, handling: Handling) => Promise<void>;

/** What both forms of consuming share: opening, `working()`, failing and stopping. */
export async function startConsumption(
  bus: Bus,
  ref: ConsumerRef,
  capacity: number,
  handle: BatchHandler,
  options: ConsumptionOptions,
  pump: Pump,
): Promise<Consumption> {
  const intake = await openPrefetchBuffer(bus, ref, capacity);
  const working = setInterval(
    () => reportWorking(bus, intake),
    options.workingEveryMs ?? WORKING_EVERY_MS,
  );
  const handling = createHandling(bus, ref, intake, handle, options);
  const pumped = pump(intake, handling);
  const done = finish().finally(() => clearInterval(working));
  done.catch(() => undefined); // Whoever awaits it gets it; nobody has to.

  async function finish(): Promise<void> {
    try {
      await intake.ended;
    } finally {
      await pumped;
    }
  }

  return {
    done,
    async stop() {
      await handling.handBack(await intake.stop());
      await pumped;
      await Promise.race([
        bus.connection.flush().catch(() => undefined),
        delay(FLUSH_TIMEOUT_MS, undefined, { ref: false }),
      ]);
    },
  };
}

function reportWorking(bus: Bus, intake: PrefetchBuffer): void {
  try {
    for (const { message } of intake.held) message.working();
  } catch (error) {
    bus.log.debug({ err: error }, 'not reported as in work: the connection is closing');
  }
}
