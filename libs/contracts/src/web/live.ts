import { z } from 'zod';
import { projectName, runId } from '../names.js';
import { runStatus } from '../run-record.js';
import { failureReason } from '../events/common.js';
import { cropBox } from './common.js';

/** An image that failed in a run that is under way. */
export const recentFailure = z.object({
  project: projectName,
  image: z.string(),
  reason: failureReason,
  message: z.string(),
});
export type RecentFailure = z.infer<typeof recentFailure>;

/** A group that was decided in a run that is under way. */
export const recentDecision = z.object({
  project: projectName,
  groupId: z.string(),
  /** File name of the selected image. */
  image: z.string(),
  /** Position of the selected image in the catalogue of the run. It identifies the picture. */
  sequence: z.int().nonnegative(),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  /** Softmax share of the selected image in [0, 1]. */
  confidence: z.number(),
  /** Crop box; null where the proposed one is inverted. */
  crop: cropBox.nullable(),
});
export type RecentDecision = z.infer<typeof recentDecision>;

/** One run that is under way, or the last one. */
export const liveRun = z.object({
  status: runStatus.omit({ backlogs: true, embedders: true, history: true, first: true }),
  /** Messages that each stage has still to handle; null while not known. */
  backlogs: z
    .object({
      embedder: z.int().nonnegative(),
      predictor: z.int().nonnegative(),
      writer: z.int().nonnegative(),
    })
    .nullable(),
  /** Number of embedders that answer; null while unknown. */
  embedders: z.int().nonnegative().nullable(),
  /** Images a second: each value since the sample before it, oldest first. */
  history: z.array(z.object({ at: z.iso.datetime(), imagesPerSecond: z.number().nonnegative() })),
  /** Projects whose images are processed before all others, in this order. */
  first: z.array(projectName),
  /** The newest failures, newest first; all are in the gallery. */
  failures: z.array(recentFailure),
  /** The newest decisions, newest first. */
  decisions: z.array(recentDecision),
});
export type LiveRun = z.infer<typeof liveRun>;

/**
 * `GET /api/v1/live`, and the data of every server-sent event `live` of `GET /api/v1/events`: always the
 * whole state, so that nothing is lost or counted twice when a connection breaks.
 */
export const liveState = z.object({
  at: z.iso.datetime(),
  runs: z.array(liveRun),
});
export type LiveState = z.infer<typeof liveState>;

/** `POST /api/v1/runs/{run}/control`. */
export const controlRequest = z.discriminatedUnion('action', [
  z.object({ action: z.literal('pause') }),
  z.object({ action: z.literal('resume') }),
  z.object({ action: z.literal('cancel') }),
  /** An empty list restores the run's own order. */
  z.object({ action: z.literal('prioritise'), projects: z.array(projectName) }),
]);
export type ControlRequest = z.infer<typeof controlRequest>;

/** The new state of the run. */
export const controlAnswer = z.object({ run: runId, state: runStatus.shape.state });
export type ControlAnswer = z.infer<typeof controlAnswer>;
