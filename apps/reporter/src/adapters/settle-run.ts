import { setTimeout as delay } from 'node:timers/promises';
import type { RunId } from '@cullstream/contracts';
import { reconcileAdvisories, type Bus } from '@cullstream/bus';
import type { ReadQueues } from './read-queues.js';

/** Lets what is queued beside a finished run's images end, so that the summary knows of it. */
export type SettleRun = (run: RunId) => Promise<void>;

const POLL_MS = 50;
/** A message that is handed back again and again must not keep a finished run from ending. */
const PATIENCE_MS = 5_000;

/**
 * Waits until the queues of a run are empty, for a message of no known shape may stand behind the
 * last image, and takes in what the server itself has given up.
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
