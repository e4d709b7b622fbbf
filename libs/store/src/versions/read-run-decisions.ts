import type { RunId } from '@cullstream/contracts';
import { iteratePrivateCopy, withPrivateCopy } from '../private-copy.js';

/** The decision of a run about a group. */
export interface VersionDecision {
  readonly groupId: string;
  /** The whole group in order. */
  readonly images: readonly string[];
  /** Null if no image of the group could be read. */
  readonly decision: {
    /** Position in `images`. */
    readonly selectedIndex: number;
    readonly confidence: number;
    /** `[x1, y1, x2, y2]` in [0, 1] of the selected image; null where the box is inverted. */
    readonly crop: readonly [number, number, number, number] | null;
  } | null;
}

/**
 * The decisions of a run by group id. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readRunDecisions(path: string, run: RunId): Map<string, VersionDecision> {
  return withPrivateCopy(path, (sqlite) => {
    const rows = sqlite
      .prepare<[string], GroupCells>(
        `SELECT decision.group_id, grouped.images, decision.selected_index, decision.confidence,
           decision.crop
         FROM runs run
         CROSS JOIN group_decisions decision ON decision.run = run.run
         CROSS JOIN groups grouped
           ON grouped.catalogue = run.catalogue AND grouped.group_id = decision.group_id
         WHERE run.run = ? AND decision.outcome IS NOT NULL ORDER BY decision.group_id`,
      )
      .all(run);
    return new Map(rows.map((cells) => [cells.group_id, toVersionDecision(cells)]));
  });
}

interface GroupCells extends DecisionCells {
  readonly group_id: string;
  readonly images: string;
}

interface DecisionCells {
  readonly selected_index: number | null;
  readonly confidence: number | null;
  readonly crop: string | null;
}

function toVersionDecision({ group_id: groupId, images, ...cells }: GroupCells): VersionDecision {
  return { groupId, images: JSON.parse(images) as string[], decision: toDecision(cells) };
}

/** Null if the run has not decided the group. */
export function toDecision({
  selected_index: selectedIndex,
  confidence,
  crop,
}: DecisionCells): VersionDecision['decision'] {
  if (selectedIndex === null || confidence === null) return null;
  const box = crop === null ? null : (JSON.parse(crop) as [number, number, number, number]);
  return { selectedIndex, confidence, crop: box };
}

/** The crop that a run proposed for an image of a group, whether the image was selected or not. */
export interface ImageProposal {
  readonly groupId: string;
  readonly position: number;
  /** `[x1, y1, x2, y2]` as the model gave it. */
  readonly crop: readonly [number, number, number, number];
}

/**
 * The crop boxes that a run proposed for all images in groups. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readProposals(path: string, run: RunId): Generator<ImageProposal, void, undefined> {
  return iteratePrivateCopy(path, function* (sqlite) {
    const rows = sqlite
      .prepare<[string], { group_id: string; position: number; crop: string }>(
        `SELECT image.group_id, image.position, prediction.crop
         FROM runs run
         CROSS JOIN predictions prediction ON prediction.run = run.run
         CROSS JOIN images image
           ON image.catalogue = run.catalogue AND image.sequence = prediction.sequence
         WHERE run.run = ? AND image.group_id IS NOT NULL AND prediction.crop IS NOT NULL`,
      )
      .iterate(run);
    for (const { group_id: groupId, position, crop } of rows) {
      yield { groupId, position, crop: JSON.parse(crop) as [number, number, number, number] };
    }
  });
}
