import { intersectionOverUnion } from '@cullstream/domain';
import type { JudgedGroup } from '../judged-group.js';

/** Most groups that are listed of each kind. */
const GROUPS_LISTED = 50;

/** A group in which the version and the person disagree. */
export interface Disagreement extends Omit<JudgedGroup, 'constantBoxes'> {
  /** Overlap of the person's box and the version's box for the image that the person chose. */
  readonly iou: number | null;
}

export interface Disagreements {
  /** Groups with another pick, the most confident ones first. */
  readonly picks: readonly Disagreement[];
  /** Crops of the image that the person chose, those with the least overlap first. */
  readonly crops: readonly Disagreement[];
}

export function findWorst(groups: readonly JudgedGroup[]): Disagreements {
  const all = groups.map(toDisagreement);
  return {
    picks: all
      .filter(({ picked, chosen }) => picked !== chosen)
      .sort((a, b) => b.confidence - a.confidence)
      .slice(0, GROUPS_LISTED),
    crops: all
      .filter(({ iou }) => iou !== null && iou < 1)
      .sort((a, b) => (a.iou ?? 1) - (b.iou ?? 1))
      .slice(0, GROUPS_LISTED),
  };
}

function toDisagreement({ constantBoxes: _boxes, ...group }: JudgedGroup): Disagreement {
  const { proposal, chosenCrop } = group;
  const iou =
    proposal === null || chosenCrop === null ? null : intersectionOverUnion(proposal, chosenCrop);
  return { ...group, iou };
}
