import { z } from 'zod';
import { failureReason, projectTotals } from './events/common.js';
import { projectCounts } from './events/results.js';
import { imageSource } from './image-source.js';
import { projectName, runId } from './names.js';
import { predictionRecipe, shortDigest } from './recipe.js';

export const legacyCacheModes = ['check', 'trust', 'ignore'] as const;
export type LegacyCacheMode = (typeof legacyCacheModes)[number];

/** Options that decide what a run's databases hold, besides the models. */
export const runOptions = z.object({
  minGroupSize: z.int().positive(),
  timeGapMinutes: z.number().positive().nullable(),
  legacyCache: z.enum(legacyCacheModes),
});
export type RunOptions = z.infer<typeof runOptions>;

/** Seconds of work, with the interval that contains four of five outcomes. */
export const runEstimate = z.object({
  seconds: z.number().nonnegative(),
  low: z.number().nonnegative(),
  high: z.number().nonnegative(),
  /** Where the rates of the estimate come from. */
  basis: z.enum(['last-run', 'tuned', 'model-size']),
  /** Number of images that the estimate was made for. */
  toEmbed: z.int().nonnegative(),
  cached: z.int().nonnegative(),
});

/** A project of a run. */
export const plannedProject = z.object({
  project: projectTotals,
  /** Number of its images that were in the embedding cache when the run was planned. */
  cached: z.int().nonnegative(),
  warnings: z.array(z.string()),
});
export type PlannedProject = z.infer<typeof plannedProject>;

export const imageFailure = z.object({
  image: z.string(),
  reason: failureReason,
  message: z.string(),
});
export type ImageFailure = z.infer<typeof imageFailure>;

/** A project that was complete before the run began: no events are published for it. */
export const skippedProject = z.object({
  project: projectTotals,
  counts: projectCounts,
  /** Null where the project has no image and therefore no database. */
  database: z.string().nullable(),
  failures: z.array(imageFailure),
  /** Warnings about its source from when the run was planned. */
  warnings: z.array(z.string()).optional(),
});
export type SkippedProject = z.infer<typeof skippedProject>;

/** A source that cannot be a project, with what to do about it. */
export const rejectedSource = z.object({
  name: z.string(),
  source: z.string(),
  message: z.string(),
  /** Digest of the source then: a changed source is a new failure. Not stored by older versions. */
  content: z.string().optional(),
});
export type RejectedSource = z.infer<typeof rejectedSource>;

export const replayStages = ['images', 'embeddings'] as const;

/** The request of a replay: the same request continues an unfinished one. */
export const replayRequest = z.object({
  /** The stored events to read: `images` for the embedder, `embeddings` for the predictor. */
  from: z.enum(replayStages),
  /** Only these projects; null for all. */
  projects: z.array(projectName).nullable(),
  /** Only events of this run; null for the newest of each project. */
  run: runId.nullable(),
  /** Only runs completed after and before these times. */
  after: z.iso.datetime().nullable(),
  before: z.iso.datetime().nullable(),
});
export type ReplayRequest = z.infer<typeof replayRequest>;

/** A replay, and for each project the run whose events it reads. */
export const replayOrigin = replayRequest.extend({ sources: z.record(projectName, runId) });
export type ReplayOrigin = z.infer<typeof replayOrigin>;

/** `paused`: services wait until it is resumed. `cancelled`: remaining messages are purged. */
export const runStates = ['running', 'paused', 'completed', 'cancelled'] as const;
export type RunState = (typeof runStates)[number];

/** Whether a run will continue, now or after it is resumed. */
export function isUnfinished({ state }: { readonly state: RunState }): boolean {
  return state === 'running' || state === 'paused';
}

/** A run with its lists. The first version of its record contained them too. */
export const runRecord = z.object({
  v: z.literal(1),
  run: runId,
  createdAt: z.iso.datetime(),
  state: z.enum(runStates),
  /** Who paused it last. Earlier versions do not store it. */
  pausedBy: z.enum(['person', 'time']).optional(),
  /** The id stored in its data folder: one broker may have runs of several data folders. */
  folder: z.string().optional(),
  /** Projects whose waiting images are processed before all others, in this order. */
  first: z.array(projectName).optional(),
  recipe: predictionRecipe,
  /** Notes about its models: a fallback that was used. */
  notes: z.array(z.string()).optional(),
  /** Warnings of the command before the run was published: their number and length are limited. */
  warnings: z.array(z.string()).optional(),
  options: runOptions,
  /** Its expected duration when it was planned. Earlier versions do not store it. */
  estimate: runEstimate.optional(),
  /** Only for runs that `replay` began: \`run\` neither resumes nor replaces them. */
  replay: replayOrigin.optional(),
  projects: z.array(plannedProject),
  skipped: z.array(skippedProject),
  rejected: z.array(rejectedSource),
  /** Sources that are done or to be skipped according to the inventory. */
  excluded: z.array(rejectedSource),
  /** Up to three images with a vector of the older tool, for checking that tool's cache. */
  legacySamples: z.array(z.object({ source: imageSource, legacyEmbedding: z.string() })),
  /** When the extractor had published every image. */
  extractedAt: z.iso.datetime().nullable(),
  completedAt: z.iso.datetime().nullable(),
  /** File of the summary below the data folder, once the run is completed. */
  summary: z.string().nullable(),
});
export type RunRecord = z.infer<typeof runRecord>;

/** The lists of a run. They may become long, so they are stored beside its record. */
export const runLists = z.object({
  projects: z.array(plannedProject),
  skipped: z.array(skippedProject),
  rejected: z.array(rejectedSource),
  /** Sources that are done or to be skipped according to the inventory. */
  excluded: z.array(rejectedSource),
  /** For a replay: the run whose events it reads, by project. */
  sources: z.record(projectName, runId).optional(),
});
export type RunLists = z.infer<typeof runLists>;

/** The part of a run whose size is limited. Stored in the broker under the run's id. */
export const runHead = runRecord
  .omit({ v: true, projects: true, skipped: true, rejected: true, excluded: true, replay: true })
  .extend({
    v: z.literal(2),
    replay: replayRequest.optional(),
    /** The lists: short ones are stored here, others as a document of this number of parts. */
    lists: z.union([z.object({ digest: shortDigest, parts: z.int().positive() }), runLists]),
  });
export type RunHead = z.infer<typeof runHead>;

/** A run as the broker stores it. Records of the first version contained their lists. */
export const storedRun = z.discriminatedUnion('v', [runRecord, runHead]);

export function toRunLists({ projects, skipped, rejected, excluded, replay }: RunRecord): RunLists {
  const lists = { projects, skipped, rejected, excluded };
  return replay === undefined ? lists : { ...lists, sources: replay.sources };
}

/** The part of a run with limited size. It contains the lists until they are stored elsewhere. */
export function toRunHead(run: RunRecord | RunHead): RunHead {
  if (run.v === 2) return run;
  const { projects: _projects, skipped: _skipped, rejected: _rejected, excluded: _, ...rest } = run;
  const { replay, ...head } = rest;
  const bounded = { ...head, v: 2 as const, lists: toRunLists(run) };
  return replay === undefined ? bounded : { ...bounded, replay: replayRequest.parse(replay) };
}

/** A run with its lists. */
export function toRunRecord(
  { lists: _lists, replay, ...head }: RunHead,
  lists: RunLists,
): RunRecord {
  const { sources = {}, ...others } = lists;
  const whole = { ...head, ...others, v: 1 as const };
  return replay === undefined ? whole : { ...whole, replay: { ...replay, sources } };
}

export const projectStates = [
  'waiting',
  'running',
  'success',
  'partial',
  'failed',
  'skipped',
] as const;
export type ProjectState = (typeof projectStates)[number];

/** The state of a run as the reporter publishes it. */
export const runStatus = z.object({
  run: runId,
  at: z.iso.datetime(),
  startedAt: z.iso.datetime(),
  state: z.enum(runStates),
  /** Whether it is a replay. */
  replay: z.boolean().optional(),
  projects: z.array(
    z.object({
      name: projectName,
      state: z.enum(projectStates),
      images: z.int().nonnegative(),
      groups: z.int().nonnegative(),
      counts: projectCounts,
    }),
  ),
  /** Totals of the projects that are left out, because the size of a message is limited. */
  others: z
    .object({
      projects: z.int().positive(),
      images: z.int().nonnegative(),
      groups: z.int().nonnegative(),
      counts: projectCounts,
    })
    .optional(),
  imagesPerSecond: z.number().nonnegative(),
  /** Images a second that the estimate uses, one rate for each kind; null while unknown. */
  rates: z.object({ embed: z.number().nullable(), cached: z.number().nullable() }).optional(),
  /** Seconds left, with the interval that contains four of five outcomes; null while unknown. */
  eta: z.object({ seconds: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** The stage with the longest queue, null when all are idle. */
  bottleneck: z.enum(['extractor', 'embedder', 'predictor', 'writer']).nullable(),
  deadLetters: z.int().nonnegative(),
  warnings: z.array(z.string()),
  /** Messages that each stage has still to handle. For deployed services, those of all runs. */
  backlogs: z
    .object({
      embedder: z.int().nonnegative(),
      predictor: z.int().nonnegative(),
      writer: z.int().nonnegative(),
    })
    .optional(),
  /** Number of running embedders; left out while unknown. */
  embedders: z.int().nonnegative().optional(),
  /** Images finished per second: each value since the sample before it, oldest first. */
  history: z
    .array(z.object({ at: z.iso.datetime(), imagesPerSecond: z.number().nonnegative() }))
    .optional(),
  /** Projects whose images are processed before all others, in this order. */
  first: z.array(projectName).optional(),
});
export type RunStatus = z.infer<typeof runStatus>;
