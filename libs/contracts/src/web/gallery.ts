import { z } from 'zod';
import { failureReason } from '../events/common.js';
import { projectName, runId } from '../names.js';
import { cropBox } from './common.js';

/** The results of one prediction recipe for a project. */
export const galleryVersion = z.object({
  /** Id of the prediction recipe. */
  version: z.string(),
  /** Its models, as text for users. */
  description: z.string(),
  /** The newest run with this recipe. */
  run: runId,
  /** Null while the run is under way or interrupted. */
  completedAt: z.iso.datetime().nullable(),
  images: z.int().nonnegative(),
  groups: z.int().nonnegative(),
  decidedGroups: z.int().nonnegative(),
  failedImages: z.int().nonnegative(),
  /** Whether the decisions in `ai_decisions` are of this version. */
  isCurrent: z.boolean(),
});
export type GalleryVersion = z.infer<typeof galleryVersion>;

export const galleryProject = z.object({
  project: projectName,
  /** In the order in which they were first used. */
  versions: z.array(galleryVersion),
  /** Set where the database cannot be read: the reason, and what to do. */
  problem: z.string().optional(),
});
export type GalleryProject = z.infer<typeof galleryProject>;

/** `GET /api/v1/overview`. */
export const webOverview = z.object({
  /** Name of the data folder, without its path. */
  folder: z.string(),
  /** Whether runs can be paused, resumed, cancelled and reordered on this page. */
  canControl: z.boolean(),
  /** Whether the originals can be read here. Without them there are no pictures. */
  hasPictures: z.boolean(),
  /** Sorted by name. */
  projects: z.array(galleryProject),
  /** Pages of finished runs, newest first. */
  reports: z.array(z.object({ name: z.string(), url: z.string(), completedAt: z.iso.datetime() })),
});
export type WebOverview = z.infer<typeof webOverview>;

/** Which groups are shown. */
export const groupFilters = [
  'all',
  'decided',
  /** The user chose another image, rejected the group, or cropped differently. */
  'person-disagrees',
  /** The two compared versions select another image, or propose another crop. */
  'versions-disagree',
  /** Groups with an image that failed. */
  'failed',
  'inverted-crop',
  /** The proposed crop keeps less than a quarter of the image. */
  'tiny-crop',
] as const;
export type GroupFilter = (typeof groupFilters)[number];

export const groupOrders = [
  /** In the order of the catalogue. */
  'catalogue',
  'least-confident',
  'most-confident',
  'smallest-crop',
] as const;
export type GroupOrder = (typeof groupOrders)[number];

/** Groups in one answer, at most. */
export const MOST_GROUPS_IN_PAGE = 200;

/** The query of `GET /api/v1/projects/{project}/groups`; every part may be left out. */
export const groupQuery = z.object({
  /** The version to show. Default: the current version, else the newest. */
  version: z.string().optional(),
  /** Another version, whose decisions are added for comparison. */
  compare: z.string().optional(),
  show: z.enum(groupFilters).default('all'),
  order: z.enum(groupOrders).default('catalogue'),
  /** Stage of the selected image, as its name has it: `stage2_upscaled`. */
  stage: z.string().optional(),
  /** Part of a file name or group id, in upper or lower case. */
  search: z.string().max(300).optional(),
  offset: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().positive().max(MOST_GROUPS_IN_PAGE).default(50),
});
export type GroupQuery = z.infer<typeof groupQuery>;

export const galleryImage = z.object({
  /** In the catalogue of the run: names the picture. */
  sequence: z.int().nonnegative().nullable(),
  name: z.string(),
  widthPx: z.int().positive().nullable(),
  heightPx: z.int().positive().nullable(),
  /** The score that the ranker gives it; null where it failed or is not predicted yet. */
  score: z.number().nullable(),
  failure: z.object({ reason: failureReason, message: z.string() }).nullable(),
});
export type GalleryImage = z.infer<typeof galleryImage>;

export const galleryDecision = z.object({
  /** Position in the group's images. */
  selectedIndex: z.int().nonnegative(),
  confidence: z.number(),
  /** Crop box of the selected image; null where the proposed box is inverted. */
  crop: cropBox.nullable(),
});
export type GalleryDecision = z.infer<typeof galleryDecision>;

export const galleryGroup = z.object({
  groupId: z.string(),
  /** Whole group, in order. */
  images: z.array(galleryImage),
  /** Null where no image could be read, or the group is not decided yet. */
  decision: galleryDecision.nullable(),
  /** Decision of the compared version; null where it has none, or none is compared. */
  compared: galleryDecision.nullable(),
  /** The user's decision; null where it is not known. */
  person: z
    .object({
      /** `finals`: found from the finished images; `rows`: from a row of a database. */
      source: z.enum(['finals', 'rows']),
      action: z.enum(['approve', 'crop', 'reject']).nullable(),
      /** Null for a rejected group, and where the image is not in this group. */
      selectedIndex: z.int().nonnegative().nullable(),
      crop: cropBox.nullable(),
    })
    .nullable(),
});
export type GalleryGroup = z.infer<typeof galleryGroup>;

/** `GET /api/v1/projects/{project}/groups`. */
export const groupPage = z.object({
  project: projectName,
  /** The version that is shown, and the run of it that the pictures belong to. */
  version: z.string(),
  run: runId,
  compare: z.string().nullable(),
  /** Number of groups that the query selects, on all pages. */
  total: z.int().nonnegative(),
  /** Number of groups of the version, without the filters of the query. */
  all: z.int().nonnegative(),
  offset: z.int().nonnegative(),
  /** How many groups each stage was selected in, in the version shown. */
  stages: z.array(z.object({ stage: z.string(), groups: z.int().nonnegative() })),
  /** How many groups each filter selects. */
  counts: z.record(z.enum(groupFilters), z.int().nonnegative()),
  groups: z.array(galleryGroup),
});
export type GroupPage = z.infer<typeof groupPage>;

/**
 * Longest sides of a picture in pixels that can be asked for, and the image in its full size:
 * `GET /api/v1/projects/{project}/runs/{run}/images/{sequence}/picture?size=320`.
 */
export const pictureSizes = ['320', '1600', 'full'] as const;
export type PictureSize = (typeof pictureSizes)[number];
