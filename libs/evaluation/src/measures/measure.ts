import type { JudgedGroup } from '../judged-group.js';
import { toShare, type Measured } from './intervals.js';
import { measureCrops, type CropMeasures } from './measure-crops.js';
import { measurePicks, type PickMeasures } from './measure-picks.js';

/** The groups of a version by what is known about them. They add up to all its groups. */
export interface GroupCounts {
  /** Judged by finished images. */
  readonly finals: number;
  /** Judged by the choices in rows. */
  readonly rows: number;
  /** The person kept none: nothing to judge. */
  readonly rejected: number;
  /** The person's choice is not known or ambiguous. */
  readonly unknown: number;
  /** The version could read none of the images. */
  readonly undecided: number;
}

/** Every measure over one set of groups. */
export interface Measures {
  readonly counts: GroupCounts;
  /** For groups of two or more, like `crops` and `approved`. */
  readonly picks: PickMeasures;
  readonly crops: CropMeasures;
  /** Share of groups in which no crop was right. */
  readonly approved: Measured;
  /** Groups of one image, which have a crop but no pick. */
  readonly singles: {
    readonly groups: number;
    readonly crops: CropMeasures;
    readonly approved: Measured;
  };
}

/** The groups of a version: those that can be judged, and how many others there are. */
export interface JudgedGroups {
  readonly judged: readonly JudgedGroup[];
  readonly others: Omit<GroupCounts, 'finals' | 'rows'>;
}

export function joinGroups(all: readonly JudgedGroups[]): JudgedGroups {
  const sum = (name: keyof JudgedGroups['others']) =>
    all.reduce((total, { others }) => total + others[name], 0);
  return {
    judged: all.flatMap(({ judged }) => judged),
    others: {
      rejected: sum('rejected'),
      unknown: sum('unknown'),
      undecided: sum('undecided'),
    },
  };
}

export function measure({ judged, others }: JudgedGroups): Measures {
  const groups = judged.filter(({ images }) => images.length > 1);
  const singles = judged.filter(({ images }) => images.length === 1);
  const finals = judged.filter(({ truth }) => truth === 'finals').length;
  return {
    counts: { finals, rows: judged.length - finals, ...others },
    picks: measurePicks(groups),
    crops: measureCrops(groups, 'crops'),
    approved: toApprovedShare(groups),
    singles: {
      groups: singles.length,
      crops: measureCrops(singles, 'crops of single images'),
      approved: toApprovedShare(singles),
    },
  };
}

function toApprovedShare(groups: readonly JudgedGroup[]): Measured {
  const known = groups.filter(({ action }) => action !== null);
  return toShare(known.filter(({ action }) => action === 'approve').length, known.length);
}
