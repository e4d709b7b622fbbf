import type { PredictionRecipe, RunId, RunRecord, RunStatus } from '@cullstream/contracts';
import type { Bus } from '@cullstream/bus';
import type { BrokerFile, WorkKind } from '@cullstream/broker';
import type { Interruption } from '../interruption.js';
import type { OpenedRun } from '../open/open-run.js';
import type { ServicePlan } from '../supervise/start-services.js';
import type { WorkContext } from '../work-context.js';

export interface RunView {
  opened(run: OpenedRun): void;
  status(status: RunStatus): void;
  close(): void;
}

export interface RunEnd {
  /**
   * `paused`: it was time to. `cancelled`: somebody said so. `detached`: deployed services go on with
   * it.
   */
  readonly kind: 'completed' | 'interrupted' | 'paused' | 'cancelled' | 'detached';
  readonly run: RunId;
  /** File of the summary below the data folder; null where the run was not completed. */
  readonly summary: string | null;
}

export interface ExecutionParts extends WorkContext {
  readonly view: RunView;
  readonly interruption: Interruption;
  /** Tells what this process warns of; returns what ends it. */
  readonly onWarning: (listener: (warning: string) => void) => () => void;
  /** The run in the data folder beside which this one works, by its broker. */
  readonly host?: BrokerFile | undefined;
}

/**
 * What the broker and the services are started for: a run, or a replay of one. The reporter, which
 * ends it, is the first service.
 */
export interface Execution extends ServicePlan {
  readonly kind: WorkKind;
  /** What services of a deployment must have the weights of. */
  readonly recipe: PredictionRecipe;
  /** The projects that other models have decided before; undefined where any of them may be. */
  readonly otherVersions?: ReadonlySet<string> | undefined;
  /**
   * Takes up or begins what is to be executed.
   * @param warned what is to stand in the record, for whoever writes the summary
   */
  open(bus: Bus, warned?: readonly string[]): Promise<OpenedRun>;
  /** Work of this process beside the services; ends early when `signal` is aborted. */
  feed?(bus: Bus, record: RunRecord, signal: AbortSignal): Promise<void>;
}
