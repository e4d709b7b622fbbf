import type { FailureReason, RunId } from '@cullstream/contracts';
import { withPrivateCopy } from '../private-copy.js';
import { toDecision, type VersionDecision } from './read-run-decisions.js';

/** An image of a group, with what a run made of it so far. */
export interface GroupImage {
  /** In the catalogue of the run; null where the image is in the row, but not in the source. */
  readonly sequence: number | null;
  readonly name: string;
  readonly widthPx: number | null;
  readonly heightPx: number | null;
  readonly score: number | null;
  readonly failure: { readonly reason: FailureReason; readonly message: string } | null;
}

/** A group as a run catalogued it. */
export interface RunGroup {
  readonly groupId: string;
  /** Of the whole group in order. */
  readonly names: readonly string[];
  /** Whether an image of it failed. */
  readonly hasFailure: boolean;
  /** Null where no image could be read, or the run has not decided it yet. */
  readonly decision: VersionDecision['decision'];
  /** The whole group in order. Of thousands of groups a few are looked at: they are taken apart then. */
  readonly readImages: () => GroupImage[];
}

/**
 * Every group of a run that has begun in its database, in the order of the catalogue. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readRunGroups(path: string, run: RunId): RunGroup[] {
  return withPrivateCopy(path, (sqlite) => {
    const rows = sqlite.prepare<{ run: string }>(groupsOfRun).raw().all({ run });
    return (rows as GroupCells[]).map(toRunGroup);
  });
}

// A row a group, for rows are what takes the time: there may be 13,000 of 40,000 images.
const groupsOfRun = `
  WITH results AS (
    SELECT image.catalogue, image.group_id, min(image.sequence) AS first,
      max(prediction.reason IS NOT NULL) AS has_failure,
      json_group_array(json_array(image.position, image.sequence, prediction.score,
        prediction.width_px, prediction.height_px, prediction.reason, prediction.message)) AS images
    FROM runs run
    CROSS JOIN images image ON image.catalogue = run.catalogue
    LEFT JOIN predictions prediction
      ON prediction.run = run.run AND prediction.sequence = image.sequence
    WHERE run.run = :run AND image.group_id IS NOT NULL
    GROUP BY image.catalogue, image.group_id)
  SELECT grouped.group_id, grouped.images, decision.selected_index, decision.confidence,
    decision.crop, results.has_failure, results.images
  FROM results
  CROSS JOIN groups grouped
    ON grouped.catalogue = results.catalogue AND grouped.group_id = results.group_id
  LEFT JOIN group_decisions decision
    ON decision.run = :run AND decision.group_id = results.group_id
  ORDER BY results.first`;

/** In the order of the columns of {@link groupsOfRun}. */
type GroupCells = readonly [
  groupId: string,
  names: string,
  selectedIndex: number | null,
  confidence: number | null,
  crop: string | null,
  hasFailure: 0 | 1,
  images: string,
];

/** In the order of the columns of each image in {@link groupsOfRun}. */
type ImageCells = readonly [
  position: number,
  sequence: number,
  score: number | null,
  widthPx: number | null,
  heightPx: number | null,
  reason: FailureReason | null,
  message: string | null,
];

function toRunGroup(cells: GroupCells): RunGroup {
  const [groupId, images, selectedIndex, confidence, crop, hasFailure, results] = cells;
  const names = JSON.parse(images) as string[];
  return {
    ...{ groupId, names, hasFailure: hasFailure === 1 },
    decision: toDecision({ selected_index: selectedIndex, confidence, crop }),
    readImages: () => toImages(names, JSON.parse(results) as ImageCells[]),
  };
}

function toImages(names: readonly string[], results: readonly ImageCells[]): GroupImage[] {
  const images: GroupImage[] = names.map((name) => ({
    ...{ sequence: null, name, widthPx: null, heightPx: null, score: null, failure: null },
  }));
  for (const [position, sequence, score, widthPx, heightPx, reason, message] of results) {
    const name = names[position] ?? '';
    const failure = reason === null ? null : { reason, message: message ?? '' };
    images[position] = { sequence, name, widthPx, heightPx, score, failure };
  }
  return images;
}
