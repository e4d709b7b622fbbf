import { setTimeout as delay } from 'node:timers/promises';
import { isUnfinished, runStatus, statusSubject, type RunId } from '@cullstream/contracts';
import type { Bus } from '@cullstream/bus';
import { openRunRecords } from '@cullstream/runtime';

const POLL_MS = 1_000;

/**
 * Resolves when a run is over. The reporter announces it, for a broker of the run's own is gone right
 * after; the record tells it to whoever missed that.
 */
export async function waitForRunEnd(bus: Bus, run: RunId): Promise<void> {
  const stopping = new AbortController();
  const subscription = bus.connection.subscribe(statusSubject(run));
  const announced = (async () => {
    for await (const message of subscription) {
      const status = runStatus.safeParse(message.json());
      if (status.data !== undefined && !isUnfinished(status.data)) return;
    }
  })();
  try {
    await Promise.race([announced, untilRecorded(bus, run, stopping.signal)]);
  } finally {
    stopping.abort();
    subscription.unsubscribe();
  }
}

async function untilRecorded(bus: Bus, run: RunId, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !(await isOver(bus, run))) await delay(POLL_MS);
}

/** A broker that does not answer for the moment says nothing about the run. */
async function isOver(bus: Bus, run: RunId): Promise<boolean> {
  try {
    const record = await (await openRunRecords(bus)).get(run);
    return record === undefined || !isUnfinished(record);
  } catch (error) {
    bus.log.debug({ err: error, run }, 'the broker does not say whether the run goes on');
    return false;
  }
}
