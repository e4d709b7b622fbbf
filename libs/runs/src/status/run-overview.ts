import type { RunId, RunState, RunStatus } from '@cullstream/contracts';
import type { WorkKind } from '@cullstream/broker';

/** `interrupted`: it was begun and not ended, and nobody works on it. */
export type RunPhase = RunState | 'interrupted';

/** Where a run stands, as far as that can be known. */
export interface RunOverview {
  readonly run: RunId;
  readonly kind: WorkKind;
  readonly phase: RunPhase;
  /** Nobody works on it: somebody has to take it up. */
  readonly isIdle: boolean;
  /** When it was cancelled, where that is known: ISO 8601. */
  readonly endedAt?: string | undefined;
  /** What its reporter says; undefined where none answers. */
  readonly live?: RunStatus | undefined;
  /** What the broker has stored of it. */
  readonly stored?: RunStatus | undefined;
}
