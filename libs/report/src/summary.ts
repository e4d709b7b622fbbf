import type { ImageFailure } from '@cullstream/contracts';

/** Who takes note of a failure may say why. */
export interface AcceptedBecause {
  readonly why: string | null;
  readonly at: string;
}

/** An image that failed. Earlier versions do not tell whether that was accepted. */
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
  /** Of those that failed. Earlier versions do not tell. */
  readonly accepted_images?: number;
  readonly accepted_groups?: number;
  readonly duration_seconds: number;
  /** Pauses and time in which nothing was worked on left out. Earlier versions do not tell. */
  readonly working_seconds?: number;
  /** Of working time; null where nothing was worked on. */
  readonly images_per_second?: number | null;
  readonly database: string | null;
  readonly failures: readonly FailureSummary[];
  readonly warnings: readonly string[];
  readonly message: string | null;
  /** Of a project that failed: what its source was. Earlier versions do not tell. */
  readonly source_content?: string | null;
  /** Of a project that failed: who took note of it. Earlier versions do not tell. */
  readonly accepted?: AcceptedBecause | null;
}

/** A message that no service could take, as `cullstream dead list` shows it. */
export interface DeadLetterSummary {
  readonly id: string;
  readonly project_id: string;
  readonly zip_file: string;
  /** Empty where the message does not say. */
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
  /** Whether it is of a replay. Summaries of earlier versions do not tell. */
  readonly replay?: boolean;
  readonly started_at: string;
  readonly completed_at: string;
  readonly total_duration_seconds: number;
  /** Pauses and time in which nothing was worked on left out. Earlier versions do not tell. */
  readonly working_seconds?: number;
  /** Of working time; null where nothing was worked on. */
  readonly images_per_second?: number | null;
  readonly models: Readonly<Record<'embedder' | 'ranker' | 'crop_proposer', SummaryModel>>;
  /** A fallback that was taken for a model. Summaries of earlier versions have no such list. */
  readonly notes?: readonly string[];
  /** All that was warned of, with its remedy. Summaries of earlier versions have it with projects only. */
  readonly warnings?: readonly string[];
  readonly results: Counted<'total_projects' | 'processed' | 'skipped' | 'failed'>;
  readonly images: Counted<'total' | 'embedded' | 'cached' | 'failed' | 'ungrouped'>;
  readonly groups: Counted<'total' | 'decided' | 'failed'>;
  /**
   * Of what failed and was given up, what somebody has taken note of: it counts in no exit code.
   * Summaries of earlier versions have no such numbers.
   */
  readonly accepted?: Counted<'images' | 'groups' | 'dead_letters'> & {
    readonly projects?: number;
  };
  readonly projects: readonly ProjectSummary[];
  /**
   * Messages of the run that were given up; images that failed stand with their project. Summaries of
   * earlier versions have no such list.
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
