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
    const decisions = new Map(
      sqlite
        .prepare<[string], DecisionCells>(groupsOfRun)
        .all(run)
        .map((cells) => [cells.group_id, cells]),
    );
    const groups = new Map<string, { images: GroupImage[]; decision: RunGroup['decision'] }>();
    // Rows as arrays take half the time, and there may be 40,000.
    for (const row of sqlite.prepare<[string]>(imagesOfRun).raw().all(run) as ImageCells[]) {
      const [groupId, position] = row;
      let group = groups.get(groupId);
      if (group === undefined) {
        const cells = decisions.get(groupId);
        if (cells === undefined) continue;
        const { images, decision } = toDecision(cells);
        group = { images: images.map(toAbsent), decision };
        groups.set(groupId, group);
      }
      group.images[position] = toImage(row, group.images[position]?.name ?? '');
    }
    return [...groups].map(([groupId, group]) => ({ groupId, ...group }));
  });
}

const imagesOfRun = `
  SELECT image.group_id, image.position, image.sequence, prediction.score, prediction.width_px,
    prediction.height_px, prediction.reason, prediction.message
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

/** In the order of the columns of {@link imagesOfRun}. */
type ImageCells = readonly [
  groupId: string,
  position: number,
  sequence: number,
  score: number | null,
  widthPx: number | null,
  heightPx: number | null,
  reason: FailureReason | null,
  message: string | null,
];

function toAbsent(name: string): GroupImage {
  return { sequence: null, name, widthPx: null, heightPx: null, score: null, failure: null };
}

function toImage(
  [_group, _position, sequence, score, widthPx, heightPx, reason, message]: ImageCells,
  name: string,
): GroupImage {
  const failure = reason === null ? null : { reason, message: message ?? '' };
  return { sequence, name, widthPx, heightPx, score, failure };
}
