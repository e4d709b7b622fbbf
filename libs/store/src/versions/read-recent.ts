import type { FailureReason, RunId } from '@cullstream/contracts';
import { withPrivateCopy } from '../private-copy.js';

/** The image that a run selected in a group. */
export interface RecentSelection {
  readonly groupId: string;
  readonly image: string;
  readonly sequence: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly confidence: number;
  readonly crop: readonly [number, number, number, number] | null;
}

/** The latest results of a run in a project. */
export interface RecentResults {
  /** The last ones in the catalogue first, since images are processed in its order. */
  readonly selections: readonly RecentSelection[];
  readonly failures: readonly {
    readonly image: string;
    readonly reason: FailureReason;
    readonly message: string;
  }[];
}

/**
 * The latest decisions and failures of a current run, at most `limit` of each. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 * @throws {TransientError} if it is being written all the time
 */
export function readRecentResults(path: string, run: RunId, limit: number): RecentResults {
  return withPrivateCopy(path, (sqlite) => ({
    selections: sqlite
      .prepare<[string, number], SelectionCells>(lastSelections)
      .all(run, limit)
      .map(({ crop, ...cells }) => ({
        ...cells,
        crop: crop === null ? null : (JSON.parse(crop) as [number, number, number, number]),
      })),
    failures: sqlite
      .prepare<[string, number], RecentResults['failures'][number]>(lastFailures)
      .all(run, limit),
  }));
}

const lastSelections = `
  SELECT image.group_id AS groupId, image.image, image.sequence, prediction.width_px AS widthPx,
    prediction.height_px AS heightPx, decision.confidence, decision.crop
  FROM runs run
  CROSS JOIN images image ON image.catalogue = run.catalogue
  CROSS JOIN group_decisions decision ON decision.run = run.run
    AND decision.group_id = image.group_id AND decision.selected_index = image.position
  CROSS JOIN predictions prediction
    ON prediction.run = run.run AND prediction.sequence = image.sequence
  WHERE run.run = ? ORDER BY image.sequence DESC LIMIT ?`;

const lastFailures = `
  SELECT image.image, prediction.reason, prediction.message
  FROM runs run
  CROSS JOIN predictions prediction ON prediction.run = run.run
  CROSS JOIN images image
    ON image.catalogue = run.catalogue AND image.sequence = prediction.sequence
  WHERE run.run = ? AND prediction.outcome = 'failed' ORDER BY prediction.sequence DESC LIMIT ?`;

interface SelectionCells extends Omit<RecentSelection, 'crop'> {
  readonly crop: string | null;
}
