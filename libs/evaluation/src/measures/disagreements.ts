import { intersectionOverUnion, type Box } from '@cullstream/report';
import type { TruthAction, TruthSource } from '@cullstream/store';
import type { JudgedGroup } from '../judged-group.js';

/** Groups listed one by one, of each kind. */
const GROUPS_LISTED = 50;

/** A group in which the version and the person disagree. */
export interface Disagreement {
  readonly project: string;
  readonly groupId: string;
  /** Names of the images in the order of the group; `picked` and `chosen` count in it, from 0. */
  readonly images: readonly string[];
  readonly truth: TruthSource;
  readonly action: TruthAction | null;
  readonly picked: number;
  readonly confidence: number;
  readonly chosen: number;
  /** The version's box of its pick. */
  readonly pickedCrop: Box | null;
  /** The version's box of the image that the person chose, and the person's. */
  readonly proposal: Box | null;
  readonly chosenCrop: Box | null;
  /** Of these two. */
  readonly iou: number | null;
}

export interface Disagreements {
  /** Other picks, the surest first. */
  readonly picks: readonly Disagreement[];
  /** Crops of the image that the person chose, the farthest first. */
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
