import type { RunStatus } from '@cullstream/contracts';

export interface StageBacklogs {
  readonly embedder: number;
  readonly predictor: number;
  readonly writer: number;
}

/**
 * In messages. Shorter queues are normal between two stages. The extractor keeps the embedder's queue
 * short, so a few messages count there.
 */
const QUIET = { writer: 16, predictor: 16, embedder: 4 } as const;

/**
 * The slowest stage: the last one with a queue, since the stages before it can only wait. Without any
 * queue it is the extractor, if that is not done.
 */
export function findBottleneck(
  backlogs: StageBacklogs,
  isExtracted: boolean,
): RunStatus['bottleneck'] {
  for (const stage of ['writer', 'predictor', 'embedder'] as const) {
    if (backlogs[stage] > QUIET[stage]) return stage;
  }
  if (!isExtracted) return 'extractor';
  const left = (['embedder', 'predictor', 'writer'] as const).find((stage) => backlogs[stage] > 0);
  return left ?? null;
}
