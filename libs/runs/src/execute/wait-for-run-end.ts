import { setTimeout as delay } from 'node:timers/promises';
import { isUnfinished, type RunId } from '@cullstream/contracts';
import { hearStatus, type Bus } from '@cullstream/bus';
import { openRunRecords } from '@cullstream/runtime';

const POLL_MS = 1_000;

/**
 * Resolves when a run is over, as its record says. What is announced only makes the record be read at
 * once, because anyone who may publish states can announce an end. Where the broker does not answer any
 * more, an announced end is believed: a broker of the run's own is gone right after it.
 */
export async function waitForRunEnd(bus: Bus, run: RunId): Promise<void> {
  let isAnnounced = false;
  let wake: () => void = never;
  const unhear = hearStatus(bus, run, (status) => {
    if (isUnfinished(status)) return;
    isAnnounced = true;
    wake();
  });
  try {
    while (!(await isOver(bus, run, () => isAnnounced))) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      await Promise.race([delay(POLL_MS), woken]);
    }
  } finally {
    unhear();
  }
}

async function isOver(bus: Bus, run: RunId, isAnnounced: () => boolean): Promise<boolean> {
  try {
    const record = await (await openRunRecords(bus)).get(run);
    return record === undefined || !isUnfinished(record);
  } catch (error) {
    bus.log.debug({ err: error, run }, 'the broker does not say whether the run goes on');
    return isAnnounced();
  }
}

const never = () => undefined;
