import type { FailureReason, RunId } from '@cullstream/contracts';
import { withPrivateCopy } from '../private-copy.js';
import { toDecision, type DecisionCells, type VersionDecision } from './read-run-decisions.js';

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
  /** The whole group in order. */
  readonly images: readonly GroupImage[];
  /** Null where no image could be read, or the run has not decided it yet. */
  readonly decision: VersionDecision['decision'];
}

/**
 * Every group of a run that has begun in its database, in the order of the catalogue. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readRunGroups(path: string, run: RunId): RunGroup[] {
  return withPrivateCopy(path, (sqlite) => {
    const groups = new Map<string, { images: GroupImage[]; decision: RunGroup['decision'] }>();
    const images = sqlite.prepare<[string], ImageCells>(imagesOfRun);
    const found = new Map<string, ImageCells[]>();
    for (const cells of images.iterate(run)) {
      const ofGroup = found.get(cells.group_id);
      if (ofGroup === undefined) found.set(cells.group_id, [cells]);
      else ofGroup.push(cells);
    }
    const decisions = new Map(
      sqlite
        .prepare<[string], DecisionCells>(groupsOfRun)
        .all(run)
        .map((cells) => [cells.group_id, cells]),
    );
    for (const [groupId, cells] of found) {
      const decided = decisions.get(groupId);
      if (decided === undefined) continue;
      const { images: names, decision } = toDecision(decided);
      const all: GroupImage[] = names.map(toAbsent);
      for (const each of cells) all[each.position] = toImage(each, names[each.position] ?? '');
      groups.set(groupId, { images: all, decision });
    }
    return [...groups].map(([groupId, group]) => ({ groupId, ...group }));
  });
}

const imagesOfRun = `
  SELECT image.group_id, image.position, image.sequence, prediction.outcome, prediction.score,
    prediction.width_px, prediction.height_px, prediction.reason, prediction.message
  FROM runs run
  CROSS JOIN images image ON image.catalogue = run.catalogue
  LEFT JOIN predictions prediction
    ON prediction.run = run.run AND prediction.sequence = image.sequence
  WHERE run.run = ? AND image.group_id IS NOT NULL ORDER BY image.sequence`;

const groupsOfRun = `
  SELECT grouped.group_id, grouped.images, decision.outcome, decision.selected_index,
    decision.confidence, decision.crop
  FROM runs run
  CROSS JOIN groups grouped ON grouped.catalogue = run.catalogue
  LEFT JOIN group_decisions decision
    ON decision.run = run.run AND decision.group_id = grouped.group_id
  WHERE run.run = ?`;

interface ImageCells {
  readonly group_id: string;
  readonly position: number;
  readonly sequence: number;
  readonly score: number | null;
  readonly width_px: number | null;
  readonly height_px: number | null;
  readonly reason: FailureReason | null;
  readonly message: string | null;
}

function toAbsent(name: string): GroupImage {
  return { sequence: null, name, widthPx: null, heightPx: null, score: null, failure: null };
}

function toImage(cells: ImageCells, name: string): GroupImage {
  const { sequence, score, width_px: widthPx, height_px: heightPx, reason, message } = cells;
  const failure = reason === null ? null : { reason, message: message ?? '' };
  return { sequence, name, widthPx, heightPx, score, failure };
}
