import type { RunId } from '@cullstream/contracts';
import { consumerBacklog, consumerSpec, countDeadLetters, type Bus } from '@cullstream/bus';
import type { StageBacklogs } from '../core/find-bottleneck.js';

export interface Queues {
  readonly backlogs: StageBacklogs;
  readonly deadLetters: number;
}

const stages = ['embedder', 'predictor', 'writer'] as const;

/** What every stage of a run has still to do: never delivered, or delivered and not settled. */
export async function readQueues(bus: Bus, run: RunId): Promise<Queues> {
  const remaining = await Promise.all(
    stages.map(async (stage) => {
      const { pending, ackPending } = await consumerBacklog(
        bus,
        consumerSpec(stage, { run, maxAckPending: 1 }),
      );
      return pending + ackPending;
    }),
  );
  const [embedder = 0, predictor = 0, writer = 0] = remaining;
  return {
    backlogs: { embedder, predictor, writer },
    deadLetters: await countDeadLetters(bus, run),
  };
}
