import type {
  ImageEmbedded,
  ImageFailed,
  ImageFound,
  ProjectTotals,
  RunId,
} from '@cullstream/contracts';

/** An event that a replay publishes. */
export type FedEvent = ImageFound | ImageEmbedded | ImageFailed;

/** Where the events of a replayed project go. */
export interface FeedTarget {
  readonly run: RunId;
  readonly project: ProjectTotals;
  /** Short digest of the recipe that the predictor takes vectors of. */
  readonly embeddingRecipe: string;
  /** Sequences that are published already. */
  readonly fed: ReadonlySet<number>;
  /** Aborted when the replay is interrupted. */
  readonly signal: AbortSignal;
  send(event: FedEvent): Promise<void>;
}

/** Which way the events of a project came, as numbers of images. */
export interface FeedOutcome {
  /** Before an interruption. */
  readonly before: number;
  /** Out of the stream. */
  readonly stored: number;
  /** From database and cache. */
  readonly rebuilt: number;
  /** Images whose vector is nowhere any more: published as failed. */
  readonly lost: number;
}
