import type { DatabaseLocation } from '../database-location.js';
import { readDecisions, type StoredDecision } from '../stored-decisions.js';
import { readGroundTruth, type GroundTruth, type TruthAction } from './ground-truth.js';

/** Where a choice was found: in the finished images, or in a row that a person or an older tool filled. */
export type TruthSource = 'finals' | 'rows';

/** What a person decided about a group. */
export interface PersonsChoice {
  readonly groupId: string;
  readonly source: TruthSource;
  readonly images: readonly string[];
  /** Position in `images`; null for a rejected group. */
  readonly selectedIndex: number | null;
  /** Null if the row does not contain it. */
  readonly action: TruthAction | null;
  /** `[x1, y1, x2, y2]` in [0, 1]; null if it is not known. */
  readonly crop: readonly [number, number, number, number] | null;
  /** When the finished image or the crop was made: ISO 8601, UTC. */
  readonly time: string | null;
}

/**
 * What a person decided about each group of a project: from the finished images, else from the rows of the
 * user's own database, or of ours if there is no other. Leaves no trace.
 * @throws {DatabaseError} when a database is damaged or not readable.
 */
export function readChoices({
  main,
  target,
  targetExists,
}: Pick<DatabaseLocation, 'main' | 'target' | 'targetExists'>): Map<string, PersonsChoice> {
  const truths = targetExists ? readGroundTruth(target) : new Map<string, GroundTruth>();
  // A truth counts positions in a row, also in rows that nobody has filled: then all rows are needed.
  const onlyChosen = truths.size === 0;
  const own = targetExists ? [...readDecisions(target, { onlyChosen })] : [];
  const theirs = main.owner === 'user' ? [...readDecisions(main.path, { onlyChosen })] : [];
  const choices = new Map<string, PersonsChoice>();
  for (const row of main.owner === 'user' ? theirs : own) {
    const choice = fromRow(row);
    if (choice !== undefined) choices.set(row.groupId, choice);
  }
  // Our rows come last and replace the others: the truth counts positions in our row if there is one.
  for (const { groupId, images } of [...theirs, ...own]) {
    const truth = truths.get(groupId);
    if (truth !== undefined) choices.set(groupId, fromFinals(truth, images));
  }
  return choices;
}

function fromFinals(truth: GroundTruth, images: readonly string[]): PersonsChoice {
  const { groupId, selectedIndex, action, crop, finalTime: time } = truth;
  return { groupId, source: 'finals', images, selectedIndex, action, crop, time };
}

function fromRow(row: StoredDecision): PersonsChoice | undefined {
  const { groupId, images, userSelectedIndex, userAction, finalCrop, cropTimestamp } = row;
  const common = { groupId, source: 'rows', images, time: cropTimestamp } as const;
  if (userAction === 'reject') {
    return { ...common, selectedIndex: null, action: 'reject', crop: null };
  }
  if (userSelectedIndex === null) return undefined;
  const action = userAction === 'approve' || userAction === 'crop' ? userAction : null;
  return { ...common, selectedIndex: userSelectedIndex, action, crop: finalCrop };
}
