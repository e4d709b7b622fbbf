import { toSubjectFilter, toSubjectToken, type RunId, type Stage } from '@cullstream/contracts';
import type { Partition } from './partitions.js';
import { streams, type StreamName } from './streams.js';

/** Who reads which stage's output. */
export const consumerStages = {
  embedder: 'images',
  predictor: 'embeddings',
  writer: 'predictions',
  reporter: 'results',
} as const satisfies Record<string, Exclude<Stage, never>>;
export type ConsumerName = keyof typeof consumerStages;

/**
 * Deliveries that a replica of a service handles at once. What an embedder takes follows from
 * its engine: this is what the broker reckons with. The writer's are the rows of one transaction: enough that syncing
 * to disk costs little, few enough to be prompt.
 */
export const batchSizes = {
  embedder: 48,
  predictor: 256,
  writer: 500,
  reporter: 1,
} as const satisfies Record<ConsumerName, number>;

/** A durable consumer of a stream. */
export interface ConsumerRef {
  readonly stream: string;
  readonly durable: string;
}

export interface ConsumerSpec extends ConsumerRef {
  readonly stream: StreamName;
  readonly filter: string;
  /** A delivery that is neither settled nor reported as in work for this long is delivered again. */
  readonly ackWaitMs: number;
  /** Deliveries in the hands of all replicas together: replicas × two batches. */
  readonly maxAckPending: number;
  /** Where a new consumer begins, if it is not with the first message of its stream. */
  readonly startSequence?: number | undefined;
}

export interface ConsumerScope {
  /** One run, or all when absent. */
  readonly run?: RunId | undefined;
  /** One where nothing is said. */
  readonly replicas?: number | undefined;
  /** Where it is not two batches of each replica. */
  readonly maxAckPending?: number | undefined;
  readonly ackWaitMs?: number | undefined;
  /** Where several consumers share the projects (docs/adr/0044). */
  readonly partition?: Partition | undefined;
}

/**
 * The consumer of a service, for one run (`embedder_<run>`) or for all (`embedder`). That of a partition
 * (`writer-1-of-3`) gets all projects, too: a consumer filters by subject alone.
 */
export function consumerSpec(name: ConsumerName, scope: ConsumerScope = {}): ConsumerSpec {
  const stage = consumerStages[name];
  return {
    stream: streams[stage].name,
    durable: `${durableName(name, scope.run)}${toSuffix(scope.partition)}`,
    filter: toSubjectFilter(stage, scope.run),
    ackWaitMs: scope.ackWaitMs ?? 60_000,
    maxAckPending: scope.maxAckPending ?? 2 * batchSizes[name] * (scope.replicas ?? 1),
  };
}

/** One consumer for all projects has the name that it always had. */
function toSuffix({ index, count }: Partition = { index: 1, count: 1 }): string {
  return count === 1 ? '' : `-${index}-of-${count}`;
}

export function durableName(name: ConsumerName, run?: RunId): string {
  return run === undefined ? name : `${name}_${toSubjectToken(run)}`;
}
