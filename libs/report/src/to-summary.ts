import { counted, toCompactTime, type RunId, type RunRecord } from '@cullstream/contracts';
import {
  fromProgress,
  fromSkipped,
  fromSource,
  withAccepted,
  withNote,
  type AcceptedFailures,
} from './project-summary.js';
import { countFinishedImages, type ProjectProgress } from './run-progress.js';
import type { AcceptedBecause, DeadLetterSummary, ProjectSummary, Summary } from './summary.js';
import { toDurations, toRate } from './to-durations.js';
import { WorkingTime } from './working-time.js';

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
  /** By name of the project; none for those of which nothing was. */
  readonly accepted?: ReadonlyMap<string, AcceptedFailures>;
  /** Who took note of a project that failed as a whole. */
  readonly findAcceptedProject?: (project: ProjectSummary) => AcceptedBecause | undefined;
  readonly deadLetters?: readonly DeadLetterSummary[];
  /** When the run was worked on. */
  readonly working?: WorkingTime;
  /** What its services warned of, and what else its projects do not say. */
  readonly warnings?: readonly string[];
}

/** The summary of a finished run: what was done now, what had been done before, and what failed. */
export function toSummary(
  record: RunRecord,
  progress: readonly ProjectProgress[],
  now: Date,
  {
    accepted,
    findAcceptedProject = () => undefined,
    deadLetters = [],
    working = new WorkingTime(),
    warnings = [],
  }: SummaryParts = {},
): Summary {
  const workingSeconds = working.secondsBetween(Date.parse(record.createdAt), now.getTime());
  const projects = [
    ...progress.map((project) =>
      withAccepted(
        fromProgress(project, toDurations(project, working)),
        accepted?.get(project.totals.name),
      ),
    ),
    ...record.skipped.map((skipped) =>
      withAccepted(fromSkipped(skipped), accepted?.get(skipped.project.name)),
    ),
    ...record.excluded.map((source) => fromSource(source, 'skipped')),
    ...record.rejected.map((source) => fromSource(source, 'failed')),
  ].map((project) => withNote(project, findAcceptedProject));
  const total = (key: NumericKey) => projects.reduce((sum, project) => sum + project[key], 0);
  const withStatus = (...statuses: ProjectSummary['status'][]) =>
    projects.filter(({ status }) => statuses.includes(status)).length;
  return {
    batch_id: record.run,
    replay: record.replay !== undefined,
    started_at: record.createdAt,
    completed_at: now.toISOString(),
    total_duration_seconds: (now.getTime() - Date.parse(record.createdAt)) / 1_000,
    working_seconds: workingSeconds,
    images_per_second: toRate(
      progress.reduce((sum, { counts }) => sum + countFinishedImages(counts), 0),
      workingSeconds,
    ),
    models: toModels(record),
    notes: record.notes ?? [],
    warnings: [...new Set([...projects.flatMap(describeWarnings), ...warnings])],
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
    accepted: {
      images: projects.reduce((sum, { accepted_images: images = 0 }) => sum + images, 0),
      groups: projects.reduce((sum, { accepted_groups: groups = 0 }) => sum + groups, 0),
      projects: projects.filter(({ accepted: note = null }) => note !== null).length,
      dead_letters: deadLetters.filter((letter) => (letter.accepted ?? null) !== null).length,
    },
    projects,
    dead_letters: deadLetters,
    output_directory: outputDirectory,
    log_file: logFile,
  };
}

/** Each names its project. */
export function describeWarnings(project: ProjectSummary): string[] {
  const { project_id: name, warnings, inverted_crops: inverted } = project;
  return [
    ...warnings.map((warning) => `${name}: ${warning}`),
    ...(inverted === 0
      ? []
      : [
          `${name}: ${counted(inverted, 'group')} without a crop, for the proposed box is inverted`,
        ]),
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
