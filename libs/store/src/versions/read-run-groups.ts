import type { FailureReason, RunId } from '@cullstream/contracts';
import { withPrivateCopy } from '../private-copy.js';
import { toDecision, type VersionDecision } from './read-run-decisions.js';

/** An image of a group, with its result in a run so far. */
export interface GroupImage {
  /** Position in the run's catalogue; null if the image is named by the row but not in the source. */
  readonly sequence: number | null;
  readonly name: string;
  readonly widthPx: number | null;
  readonly heightPx: number | null;
  readonly score: number | null;
  readonly failure: { readonly reason: FailureReason; readonly message: string } | null;
}

/** A group in the catalogue of a run. */
export interface RunGroup {
  readonly groupId: string;
  /** Names of all images of the group, in order. */
  readonly names: readonly string[];
  /** Whether an image of it failed. */
  readonly hasFailure: boolean;
  /** Null if no image could be read, or the run has not decided the group yet. */
  readonly decision: VersionDecision['decision'];
  /** Parses all images of the group, in order. Deferred, since only a few of many groups are looked at. */
  readonly readImages: () => GroupImage[];
}

/**
 * Every group of a run that has results in the database, in the order of the catalogue. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readRunGroups(path: string, run: RunId): RunGroup[] {
  return withPrivateCopy(path, (sqlite) => {
    const rows = sqlite.prepare<{ run: string }>(groupsOfRun).raw().all({ run });
    return (rows as GroupCells[]).map(toRunGroup);
  });
}

// One row for each group, since the number of rows determines the time: 40,000 images may form 13,000 groups.
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
