import {
  toCompactTime,
  type ImageFailure,
  type RunId,
  type RunRecord,
} from '@cullstream/contracts';
import { finishedImages, type ProjectProgress } from './run-progress.js';
import { spelledAsSource } from './spelled-as-source.js';
import { toDurations, toRate, type Durations } from './to-durations.js';
import { WorkingTime } from './working-time.js';

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
  readonly duration_seconds: number;
  /** Pauses and time in which nothing was worked on left out. Earlier versions do not tell. */
  readonly working_seconds?: number;
  /** Of working time; null where nothing was worked on. */
  readonly images_per_second?: number | null;
  readonly database: string | null;
  readonly failures: readonly ImageFailure[];
  readonly warnings: readonly string[];
  readonly message: string | null;
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
}

/** The document `batch_predictions_summary_<time>.json`. Durations in seconds, times in ISO 8601. */
export interface Summary {
  readonly batch_id: string;
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
  readonly projects: readonly ProjectSummary[];
  /**
   * Messages of the run that were given up; images that failed stand with their project. Summaries of
   * earlier versions have no such list.
   */
  readonly dead_letters?: readonly DeadLetterSummary[];
  readonly output_directory: string;
  readonly log_file: string;
}

interface SummaryModel {
  readonly file: string;
  readonly sha256: string;
  readonly features: object;
}

type Counted<K extends string> = Readonly<Record<K, number>>;

/** Where things are, relative to the data folder, with `/`. */
export const outputDirectory = 'training/ai_training_decisions';
export const logFile = 'ai_data/batch_predictions_log.jsonl';

/** Where `cullstream run` keeps the log of the services it starts for a run. */
export const serviceLogFile = (run: RunId) => `.cullstream/logs/${run}.log`;

const SECOND_MS = 1_000;

/**
 * Base name of a run's summary, without extension: the same however often it is written.
 * @param taken how many names, from that of the second it began in, are others'
 */
export function toSummaryName(summary: Pick<Summary, 'started_at'>, taken = 0): string {
  const time = new Date(Date.parse(summary.started_at) + taken * SECOND_MS);
  return `batch_predictions_summary_${toCompactTime(time)}`;
}

export interface SummaryParts {
  readonly deadLetters?: readonly DeadLetterSummary[];
  /** When the run was worked on. */
  readonly working?: WorkingTime;
  /** What its services warned of. */
  readonly warnings?: readonly string[];
}

/** The summary of a finished run: what was done now, what had been done before, and what failed. */
export function toSummary(
  record: RunRecord,
  progress: readonly ProjectProgress[],
  now: Date,
  { deadLetters = [], working = new WorkingTime(), warnings = [] }: SummaryParts = {},
): Summary {
  const workingSeconds = working.secondsBetween(Date.parse(record.createdAt), now.getTime());
  const projects = [
    ...progress.map((project) => fromProgress(project, toDurations(project, working))),
    ...record.skipped.map(fromSkipped),
    ...record.excluded.map((source) => fromSource(source, 'skipped')),
    ...record.rejected.map((source) => fromSource(source, 'failed')),
  ];
  const total = (key: NumericKey) => projects.reduce((sum, project) => sum + project[key], 0);
  const withStatus = (...statuses: ProjectSummary['status'][]) =>
    projects.filter(({ status }) => statuses.includes(status)).length;
  return {
    batch_id: record.run,
    started_at: record.createdAt,
    completed_at: now.toISOString(),
    total_duration_seconds: (now.getTime() - Date.parse(record.createdAt)) / 1_000,
    working_seconds: workingSeconds,
    images_per_second: toRate(
      progress.reduce((sum, { counts }) => sum + finishedImages(counts), 0),
      workingSeconds,
    ),
    models: toModels(record),
    notes: record.notes ?? [],
    warnings: [...new Set([...projects.flatMap(warningsOf), ...warnings])],
    results: {
      total_projects: projects.length,
      processed: withStatus('success', 'partial'),
      skipped: withStatus('skipped'),
      failed: withStatus('failed'),
    },
    images: {
      total: total('image_count'),
      embedded: total('embedded_images'),
      cached: total('cached_images'),
      failed: total('failed_images'),
      ungrouped: total('ungrouped_images'),
    },
    groups: {
      total: total('groups'),
      decided: total('decided_groups'),
      failed: total('failed_groups'),
    },
    projects,
    dead_letters: deadLetters,
    output_directory: outputDirectory,
    log_file: logFile,
  };
}

/** Each names its project. */
export function warningsOf(project: ProjectSummary): string[] {
  const { project_id: name, warnings, inverted_crops: inverted } = project;
  return [
    ...warnings.map((warning) => `${name}: ${warning}`),
    ...(inverted === 0
      ? []
      : [`${name}: ${inverted} groups have no crop, for the proposed box is inverted`]),
  ];
}

type NumericKey = {
  [K in keyof ProjectSummary]-?: ProjectSummary[K] extends number ? K : never;
}[keyof ProjectSummary];

function toModels({ recipe }: RunRecord): Summary['models'] {
  const { model, preprocessing, precision, activation } = recipe.embedding;
  return {
    embedder: { ...model, features: { preprocessing, precision, activation } },
    ranker: recipe.ranker,
    crop_proposer: recipe.crop,
  };
}

function fromProgress(project: ProjectProgress, durations: Durations): ProjectSummary {
  const { totals, counts } = project;
  return {
    project_id: spelledAsSource(totals.name, totals.source),
    zip_file: totals.source,
    status: project.state === 'success' || project.state === 'partial' ? project.state : 'failed',
    image_count: totals.images,
    groups: totals.groups,
    decided_groups: counts.decidedGroups,
    failed_groups: counts.failedGroups,
    embedded_images: counts.embedded,
    cached_images: counts.cached,
    failed_images: counts.failed,
    ungrouped_images: totals.ungrouped,
    inverted_crops: counts.invertedCrops,
    ...durations,
    database: project.database,
    failures: project.failures,
    warnings: project.warnings,
    message: project.message,
  };
}

function fromSkipped({
  project: totals,
  counts,
  database,
  failures,
  warnings = [],
}: RunRecord['skipped'][number]): ProjectSummary {
  return {
    ...emptySummary(totals.name, totals.source, 'skipped'),
    image_count: totals.images,
    groups: totals.groups,
    decided_groups: counts.decidedGroups,
    failed_groups: counts.failedGroups,
    cached_images: counts.embedded + counts.cached,
    failed_images: counts.failed,
    ungrouped_images: totals.ungrouped,
    inverted_crops: counts.invertedCrops,
    database,
    failures,
    warnings,
    message:
      database === null
        ? 'holds no image: there is nothing to do'
        : 'complete already: nothing was done',
  };
}

function fromSource(
  { name, source, message }: RunRecord['rejected'][number],
  status: 'skipped' | 'failed',
): ProjectSummary {
  return { ...emptySummary(name, source, status), message };
}

function emptySummary(
  name: string,
  source: string,
  status: ProjectSummary['status'],
): ProjectSummary {
  return {
    project_id: spelledAsSource(name, source),
    zip_file: source,
    status,
    image_count: 0,
    groups: 0,
    decided_groups: 0,
    failed_groups: 0,
    embedded_images: 0,
    cached_images: 0,
    failed_images: 0,
    ungrouped_images: 0,
    inverted_crops: 0,
    duration_seconds: 0,
    working_seconds: 0,
    images_per_second: null,
    database: null,
    failures: [],
    warnings: [],
    message: null,
  };
}
