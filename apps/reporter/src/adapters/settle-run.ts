import { setTimeout as delay } from 'node:timers/promises';
import type { RunId } from '@cullstream/contracts';
import { reconcileAdvisories, type Bus } from '@cullstream/bus';
import type { ReadQueues } from './read-queues.js';

/** Waits for messages that are still queued when all images are done, so that the summary counts them. */
export type SettleRun = (run: RunId) => Promise<void>;

const POLL_MS = 50;
/** Time limit, since a message that is redelivered again and again must not delay the end of a run. */
const PATIENCE_MS = 5_000;

/**
 * Waits until the queues of a run are empty, since there may be malformed messages behind the last
 * image, and stores dead letters for the messages that the server itself has given up.
 */
export function settleRun(bus: Bus, readQueues: ReadQueues): SettleRun {
  return async (run) => {
    const untilMs = performance.now() + PATIENCE_MS;
    while (performance.now() < untilMs) {
      const { embedder, predictor, writer } = (await readQueues(run)).backlogs;
      if (embedder + predictor + writer === 0) break;
      await delay(POLL_MS);
    }
    await reconcileAdvisories(bus);
  };
}
