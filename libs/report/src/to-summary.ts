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

/** Output paths, relative to the data folder, with `/`. */
export const outputDirectory = 'training/ai_training_decisions';
export const logFile = 'ai_data/batch_predictions_log.jsonl';

/** Log of the services that `cullstream run` starts for a run. */
export const serviceLogFile = (run: RunId) => `.cullstream/logs/${run}.log`;

const SECOND_MS = 1_000;

/**
 * Base name of the summary file of a run, without extension. It is the same each time it is
 * written.
 * @param taken number of seconds to add, because other runs have the names of the seconds before
 */
export function toSummaryName(summary: Pick<Summary, 'started_at'>, taken = 0): string {
  const time = new Date(Date.parse(summary.started_at) + taken * SECOND_MS);
  return `batch_predictions_summary_${toCompactTime(time)}`;
}

export interface SummaryParts {
  /** Accepted failures by project. Projects without any are left out. */
  readonly accepted?: ReadonlyMap<string, AcceptedFailures>;
  /** Returns when and why the failure of a whole project was accepted. */
  readonly findAcceptedProject?: (project: ProjectSummary) => AcceptedBecause | undefined;
  readonly deadLetters?: readonly DeadLetterSummary[];
  /** The time in which the run was worked on. */
  readonly working?: WorkingTime;
  /** Warnings of the services, and others that are not in the projects. */
  readonly warnings?: readonly string[];
}

/** The summary of a finished run: results of this run, earlier results and failures. */
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

/** The warnings of a project. Each starts with the name of the project. */
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
