import { z } from 'zod';
import { failureReasons } from '../failure.js';
import { imageSource } from '../image-source.js';
import { projectName, runId } from '../names.js';
import { shortDigest } from '../recipe.js';

/** Version of every event schema below. A change that old readers cannot handle raises it. */
export const EVENT_VERSION = 1;

export const eventBase = z.object({ v: z.literal(EVENT_VERSION), run: runId });

/** Facts about the project in every event of an image, so that a consumer needs no other source. */
export const projectTotals = z.object({
  name: projectName,
  /** Name of the archive or folder below originals. */
  source: z.string().min(1),
  /** Digest of the ordered list of images, groups and grouping options. */
  catalogue: shortDigest,
  images: z.int().nonnegative(),
  groups: z.int().nonnegative(),
  ungrouped: z.int().nonnegative(),
});
export type ProjectTotals = z.infer<typeof projectTotals>;

/** The group an image belongs to. */
export const groupMembership = z.object({
  id: z.string().min(1),
  /** Position in `images`, from 0. */
  position: z.int().nonnegative(),
  /** All images of the group in order: base names, or the names in the existing row. */
  images: z.array(z.string().min(1)).min(1),
  /** How many of `images` the source contains; no events come for the others. */
  present: z.int().positive(),
  /** `existing`: id, order and length come from a row of the user's database. */
  origin: z.enum(['new', 'existing']),
  /** Folder of the first image, as shown to users: archive or folder name, then the path inside. */
  directory: z.string(),
});
export type GroupMembership = z.infer<typeof groupMembership>;

export const imageBase = eventBase.extend({
  project: projectTotals,
  /** Position of the image in the project's order, from 0: with `run`, the identity of the image. */
  sequence: z.int().nonnegative(),
  /** Name of the entry in the archive or path in the folder, for people. */
  image: z.string().min(1),
  source: imageSource,
  group: groupMembership.nullable(),
});

/**
 * ISO 8601. In the first image of a project that a service handles: when it began with the project.
 */
export const projectStartedAt = z.iso.datetime().optional();

export const failureReason = z.enum(failureReasons);
