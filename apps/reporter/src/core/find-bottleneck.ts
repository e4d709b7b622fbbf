import type { RunStatus } from '@cullstream/contracts';

export interface StageBacklogs {
  readonly embedder: number;
  readonly predictor: number;
  readonly writer: number;
}

/**
 * Messages. Queues shorter than this are the usual traffic between stages. The extractor keeps the
 * embedder's short: a dozen messages are a queue there.
 */
const QUIET = { writer: 16, predictor: 16, embedder: 4 } as const;

/**
 * The stage that holds up the run: the last one with a queue, for what is before it can only wait.
 * With no queue at all, an extractor that is not done is what the others wait for.
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
