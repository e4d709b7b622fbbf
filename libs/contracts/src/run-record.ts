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

/** Seconds of work, with the interval four of five outcomes fall into. */
export const runEstimate = z.object({
  seconds: z.number().nonnegative(),
  low: z.number().nonnegative(),
  high: z.number().nonnegative(),
  /** Where its rates come from. */
  basis: z.enum(['last-run', 'tuned', 'model-size']),
  /** Images that it was made for. */
  toEmbed: z.int().nonnegative(),
  cached: z.int().nonnegative(),
});

/** A project as a run takes it up. */
export const plannedProject = z.object({
  project: projectTotals,
  /** How many of its images the cache knew when the run was planned. */
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

/** A project that was complete before the run began: nothing is published for it. */
export const skippedProject = z.object({
  project: projectTotals,
  counts: projectCounts,
  /** Null where the project has no image and so no database. */
  database: z.string().nullable(),
  failures: z.array(imageFailure),
  /** What was seen of its source when the run was planned. */
  warnings: z.array(z.string()).optional(),
});
export type SkippedProject = z.infer<typeof skippedProject>;

/** A source that cannot be a project, with what to do about it. */
export const rejectedSource = z.object({
  name: z.string(),
  source: z.string(),
  message: z.string(),
  /** What the source was then, so that another one is another failure. Earlier versions do not tell. */
  content: z.string().optional(),
});
export type RejectedSource = z.infer<typeof rejectedSource>;

export const replayStages = ['images', 'embeddings'] as const;

/** What a replay was asked for: the same request takes up an unfinished one. */
export const replayRequest = z.object({
  /** Whose stored events are fed again: `images` to the embedder, `embeddings` to the predictor. */
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

/** A replay and the run whose events it feeds, by project. */
export const replayOrigin = replayRequest.extend({ sources: z.record(projectName, runId) });
export type ReplayOrigin = z.infer<typeof replayOrigin>;

/** `paused`: its services take nothing until it is resumed. `cancelled`: what was not done yet is purged. */
export const runStates = ['running', 'paused', 'completed', 'cancelled'] as const;
export type RunState = (typeof runStates)[number];

/** Whether a run goes on, now or once it is resumed. */
export function isUnfinished({ state }: { readonly state: RunState }): boolean {
  return state === 'running' || state === 'paused';
}

/** A run with its lists: the first version of its record held them, too. */
export const runRecord = z.object({
  v: z.literal(1),
  run: runId,
  createdAt: z.iso.datetime(),
  state: z.enum(runStates),
  /** Who paused it last. Earlier versions do not tell. */
  pausedBy: z.enum(['person', 'time']).optional(),
  /** Data folder it works in, by the id that lies there: on one broker runs of several may meet. */
  folder: z.string().optional(),
  /** Projects whose waiting images are handed out before all others, in this order. */
  first: z.array(projectName).optional(),
  recipe: predictionRecipe,
  /** What is to be said of its models: a fallback that was taken. */
  notes: z.array(z.string()).optional(),
  /** What the command warned of before the run was published: a few, and never too long for a record. */
  warnings: z.array(z.string()).optional(),
  options: runOptions,
  /** How long it was expected to work when it was planned. Earlier versions do not tell. */
  estimate: runEstimate.optional(),
  /** Only of runs that `replay` began: \`run\` neither resumes nor replaces them. */
  replay: replayOrigin.optional(),
  projects: z.array(plannedProject),
  skipped: z.array(skippedProject),
  rejected: z.array(rejectedSource),
  /** Sources the inventory says are done or to be skipped. */
  excluded: z.array(rejectedSource),
  /** Up to three images with a vector of the older tool, for the check of that cache. */
  legacySamples: z.array(z.object({ source: imageSource, legacyEmbedding: z.string() })),
  /** When the extractor had published every image. */
  extractedAt: z.iso.datetime().nullable(),
  completedAt: z.iso.datetime().nullable(),
  /** File of the summary below the data folder, once the run is completed. */
  summary: z.string().nullable(),
});
export type RunRecord = z.infer<typeof runRecord>;

/** The lists of a run: they grow with its projects and failures, so they are kept beside its record. */
export const runLists = z.object({
  projects: z.array(plannedProject),
  skipped: z.array(skippedProject),
  rejected: z.array(rejectedSource),
  /** Sources the inventory says are done or to be skipped. */
  excluded: z.array(rejectedSource),
  /** Of a replay: the run whose events it feeds, by project. */
  sources: z.record(projectName, runId).optional(),
});
export type RunLists = z.infer<typeof runLists>;

/** What of a run is bounded, however large it is: kept in the broker under the run's id. */
export const runHead = runRecord
  .omit({ v: true, projects: true, skipped: true, rejected: true, excluded: true, replay: true })
  .extend({
    v: z.literal(2),
    replay: replayRequest.optional(),
    /** Where the lists are: short ones here, others as a document of so many parts. */
    lists: z.union([z.object({ digest: shortDigest, parts: z.int().positive() }), runLists]),
  });
export type RunHead = z.infer<typeof runHead>;

/** A run as the broker holds it: records of the first version held their lists themselves. */
export const storedRun = z.discriminatedUnion('v', [runRecord, runHead]);

export function toRunLists({ projects, skipped, rejected, excluded, replay }: RunRecord): RunLists {
  const lists = { projects, skipped, rejected, excluded };
  return replay === undefined ? lists : { ...lists, sources: replay.sources };
}

/** The bounded part of a run; its lists stand in it until they are stored elsewhere. */
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

/** The state of a run as the reporter broadcasts it. */
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
  /** What the projects come to that are left out, for a message holds only so many. */
  others: z
    .object({
      projects: z.int().positive(),
      images: z.int().nonnegative(),
      groups: z.int().nonnegative(),
      counts: projectCounts,
    })
    .optional(),
  imagesPerSecond: z.number().nonnegative(),
  /** Images a second that the estimate reckons with, each kind for itself; null while not known. */
  rates: z.object({ embed: z.number().nullable(), cached: z.number().nullable() }).optional(),
  /** Seconds left, with the interval four of five outcomes fall into; null while nothing is known. */
  eta: z.object({ seconds: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** The stage with the longest queue, null when all are idle. */
  bottleneck: z.enum(['extractor', 'embedder', 'predictor', 'writer']).nullable(),
  deadLetters: z.int().nonnegative(),
  warnings: z.array(z.string()),
  /** Messages that each stage has still to handle; of deployed services those of all runs. */
  backlogs: z
    .object({
      embedder: z.int().nonnegative(),
      predictor: z.int().nonnegative(),
      writer: z.int().nonnegative(),
    })
    .optional(),
  /** Embedders that work; left out while not known. */
  embedders: z.int().nonnegative().optional(),
  /** How fast images ended over the run: each sample since the one before it, oldest first. */
  history: z
    .array(z.object({ at: z.iso.datetime(), imagesPerSecond: z.number().nonnegative() }))
    .optional(),
  /** Projects whose images are handed out before all others, in this order. */
  first: z.array(projectName).optional(),
});
export type RunStatus = z.infer<typeof runStatus>;
