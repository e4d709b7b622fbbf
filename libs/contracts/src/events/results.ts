import { z } from 'zod';
import { eventBase, failureReason, projectTotals } from './common.js';

/** Absolute counts from the project's database: repeats are harmless, and the last one is valid. */
export const projectCounts = z.object({
  embedded: z.int().nonnegative(),
  cached: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  decidedGroups: z.int().nonnegative(),
  failedGroups: z.int().nonnegative(),
  /** Groups whose selected image has an inverted box. */
  invertedCrops: z.int().nonnegative(),
});
export type ProjectCounts = z.infer<typeof projectCounts>;

/** RESULTS: the extractor read a project's catalogue. */
export const projectCataloged = eventBase.extend({
  type: z.literal('project.cataloged'),
  project: projectTotals,
  warnings: z.array(z.string()),
});
export type ProjectCataloged = z.infer<typeof projectCataloged>;

/** RESULTS: the extractor could not read a source. The project has failed; the others continue. */
export const projectFailed = eventBase.extend({
  type: z.literal('project.failed'),
  project: projectTotals.pick({ name: true, source: true }),
  message: z.string(),
});
export type ProjectFailed = z.infer<typeof projectFailed>;

/** RESULTS: the writer committed. */
export const projectProgressed = eventBase.extend({
  type: z.literal('project.progressed'),
  project: projectTotals,
  counts: projectCounts,
  /** When work on its first image began. */
  startedAt: z.iso.datetime().optional(),
  at: z.iso.datetime(),
});
export type ProjectProgressed = z.infer<typeof projectProgressed>;

/** RESULTS: every image of the project is in its database, and every group is decided or failed. */
export const projectCompleted = eventBase.extend({
  type: z.literal('project.completed'),
  project: projectTotals,
  counts: projectCounts,
  /** Database file below the data folder, with `/`. */
  database: z.string().min(1),
  /** When work on its first image began. */
  startedAt: z.iso.datetime(),
  /** When its last image was committed. */
  completedAt: z.iso.datetime(),
  /** The first failures, for users. All of them are in the database. */
  failures: z.array(z.object({ image: z.string(), reason: failureReason, message: z.string() })),
});
export type ProjectCompleted = z.infer<typeof projectCompleted>;
