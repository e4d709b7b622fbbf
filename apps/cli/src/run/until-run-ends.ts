import { setTimeout as delay } from 'node:timers/promises';
import type { RunId } from '@cullstream/contracts';
import type { Bus } from '@cullstream/bus';
import { openRunRecords } from '@cullstream/runtime';

const POLL_MS = 1_000;

/** Resolves when a run is over: completed, cancelled, or its broker is gone for good. */
export async function untilRunEnds(bus: Bus, run: RunId): Promise<void> {
  const closed = bus.closed.then(() => true);
  for (;;) {
    if (await Promise.race([closed, isOver(bus, run)])) return;
    await delay(POLL_MS);
  }
}

/** A broker that does not answer for the moment says nothing about the run. */
async function isOver(bus: Bus, run: RunId): Promise<boolean> {
  try {
    const record = await (await openRunRecords(bus)).get(run);
    return record?.state !== 'running';
  } catch (error) {
    bus.log.debug({ err: error, run }, 'the broker does not say whether the run goes on');
    return false;
  }
}
