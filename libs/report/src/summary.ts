import type { ImageFailure } from '@cullstream/contracts';

/** When a failure was accepted, and why if a reason was given. */
export interface AcceptedBecause {
  readonly why: string | null;
  readonly at: string;
}

/** An image that failed. Summaries of earlier versions do not state whether it was accepted. */
export interface FailureSummary extends Readonly<ImageFailure> {
  readonly accepted?: AcceptedBecause | null;
}

export interface ProjectSummary {
  readonly project_id: string;
  readonly zip_file: string;
  readonly status: 'success' | 'partial' | 'failed' | 'skipped';
  readonly image_count: number;
  readonly groups: number;
  readonly decided_groups: number;
  readonly failed_groups: number;
  readonly embedded_images: number;
  readonly cached_images: number;
  readonly failed_images: number;
  readonly ungrouped_images: number;
  readonly inverted_crops: number;
  /** Number of failed images that were accepted. Missing in summaries of earlier versions. */
  readonly accepted_images?: number;
  readonly accepted_groups?: number;
  readonly duration_seconds: number;
  /** Without pauses and idle time. Missing in summaries of earlier versions. */
  readonly working_seconds?: number;
  /** Images per second of working time; null if there was no working time. */
  readonly images_per_second?: number | null;
  readonly database: string | null;
  readonly failures: readonly FailureSummary[];
  readonly warnings: readonly string[];
  readonly message: string | null;
  /**
   * Identifies the contents of the source of a failed project. Missing in summaries of earlier
   * versions.
   */
  readonly source_content?: string | null;
  /**
   * When and why the failure of a failed project was accepted. Missing in summaries of earlier
   * versions.
   */
  readonly accepted?: AcceptedBecause | null;
}

/** A dead letter, as `cullstream dead list` shows it. */
export interface DeadLetterSummary {
  readonly id: string;
  readonly project_id: string;
  readonly zip_file: string;
  /** Empty if the message does not name an image. */
  readonly image: string;
  readonly stage: string;
  readonly reason: string;
  readonly message: string;
  readonly attempts: number;
  readonly last_at: string;
  readonly accepted?: AcceptedBecause | null;
}

/** The document `batch_predictions_summary_<time>.json`. Durations in seconds, times in ISO 8601. */
export interface Summary {
  readonly batch_id: string;
  /** Whether the run is a replay. Missing in summaries of earlier versions. */
  readonly replay?: boolean;
  readonly started_at: string;
  readonly completed_at: string;
  readonly total_duration_seconds: number;
  /** Without pauses and idle time. Missing in summaries of earlier versions. */
  readonly working_seconds?: number;
  /** Images per second of working time; null if there was no working time. */
  readonly images_per_second?: number | null;
  readonly models: Readonly<Record<'embedder' | 'ranker' | 'crop_proposer', SummaryModel>>;
  /** Fallbacks that were used for a model. Missing in summaries of earlier versions. */
  readonly notes?: readonly string[];
  /**
   * All warnings, each with what to do. In summaries of earlier versions only projects have
   * warnings.
   */
  readonly warnings?: readonly string[];
  readonly results: Counted<'total_projects' | 'processed' | 'skipped' | 'failed'>;
  readonly images: Counted<'total' | 'embedded' | 'cached' | 'failed' | 'ungrouped'>;
  readonly groups: Counted<'total' | 'decided' | 'failed'>;
  /**
   * Numbers of accepted failures and dead letters. They do not affect the exit code. Missing in
   * summaries of earlier versions.
   */
  readonly accepted?: Counted<'images' | 'groups' | 'dead_letters'> & {
    readonly projects?: number;
  };
  readonly projects: readonly ProjectSummary[];
  /**
   * Dead letters of the run. Failed images are listed with their project. Missing in summaries of
   * earlier versions.
   */
  readonly dead_letters?: readonly DeadLetterSummary[];
  readonly output_directory: string;
  readonly log_file: string;
}

export interface SummaryModel {
  readonly file: string;
  readonly sha256: string;
  readonly features: object;
}

type Counted<K extends string> = Readonly<Record<K, number>>;
