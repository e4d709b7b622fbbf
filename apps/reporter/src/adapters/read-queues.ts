import type { RunId } from '@cullstream/contracts';
import {
  consumerBacklog,
  consumerSpec,
  countDeadLetters,
  createDeadLetterCounter,
  sharedBacklog,
  type Bus,
} from '@cullstream/bus';
import type { StageBacklogs } from '../core/find-bottleneck.js';
import type { Queues } from '../core/run-report.js';

/** The number of messages that each stage has not acknowledged yet, whether delivered or not. */
export type ReadQueues = (run: RunId) => Promise<Queues>;

const stages = ['embedder', 'predictor', 'writer'] as const;

/** Queues of consumers that serve one run each. */
export function createRunQueueReader(bus: Bus): ReadQueues {
  return async (run) => ({
    backlogs: await readBacklogs(bus, run),
    deadLetters: await countDeadLetters(bus, run),
  });
}

/** Queues of consumers that serve all runs: the backlog of all of them, and the dead letters of one. */
export function createSharedQueueReader(bus: Bus): ReadQueues {
  const letters = createDeadLetterCounter(bus);
  return async (run) => ({
    backlogs: await readBacklogs(bus, undefined),
    deadLetters: await letters.count(run),
  });
}

async function readBacklogs(bus: Bus, run: RunId | undefined): Promise<StageBacklogs> {
  const remaining = await Promise.all(
    stages.map(async (stage) => {
      const { pending, ackPending } = await (run === undefined
        ? sharedBacklog(bus, stage)
        : consumerBacklog(bus, consumerSpec(stage, { run })));
      return pending + ackPending;
    }),
  );
  const [embedder = 0, predictor = 0, writer = 0] = remaining;
  return { embedder, predictor, writer };
}
