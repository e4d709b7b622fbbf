import { areBoxesNear } from '@cullstream/domain';
import { centreDistance, intersectionOverUnion, type CropBox } from '@cullstream/domain';
import { toDistribution } from './distribution.js';
import type { Agreement, Decision, DiffMeasures, GroupPair } from './version-diff.js';

type BothDecided = GroupPair & { readonly a: Decision; readonly b: Decision };

/**
 * Measures the differences between version A and version B over a set of groups.
 * @param otherGroups number of groups that cannot be compared because only one version has them
 */
export function compareGroups(pairs: readonly GroupPair[], otherGroups: number): DiffMeasures {
  const decided = pairs.filter(isDecided);
  const sameWinner = decided.filter(({ a, b }) => a.selectedIndex === b.selectedIndex);
  const crops = sameWinner.flatMap(({ a, b }) =>
    a.crop === null || b.crop === null ? [] : [[a.crop, b.crop] as const],
  );
  const winnersChanged = decided.length - sameWinner.length;
  const users = pairs.flatMap(({ user }) => (user === null ? [] : [user]));
  return {
    comparedGroups: pairs.length,
    otherGroups,
    decidedByOne: pairs.filter(({ a, b }) => (a === null) !== (b === null)).length,
    winnersChanged,
    winnersChangedShare: share(winnersChanged, decided.length),
    confidenceShift: toDistribution(decided.map(({ a, b }) => b.confidence - a.confidence)),
    cropIou: toDistribution(crops.map(([a, b]) => intersectionOverUnion(a, b))),
    cropCentreShift: toDistribution(crops.map(([a, b]) => centreDistance(a, b))),
    cropInOne: sameWinner.filter(({ a, b }) => (a.crop === null) !== (b.crop === null)).length,
    userGroups: users.length,
    userCrops: users.filter(({ crop }) => crop !== null).length,
    agreement: { a: measureAgreement(pairs, 'a'), b: measureAgreement(pairs, 'b') },
  };
}

function isDecided(pair: GroupPair): pair is BothDecided {
  return pair.a !== null && pair.b !== null;
}

/**
 * Measures how often a version selected the image that the user selected, and how well its crop of
 * this image agrees with the user's crop.
 */
function measureAgreement(pairs: readonly GroupPair[], version: 'a' | 'b'): Agreement {
  const picks = pairs.flatMap(({ [version]: decision, user }) =>
    user === null ? [] : [decision?.selectedIndex === user.selectedIndex],
  );
  const boxes = pairs.flatMap(({ user }): (readonly [CropBox, CropBox])[] => {
    const proposal = user?.proposals[version] ?? null;
    const chosen = user?.crop ?? null;
    return proposal === null || chosen === null ? [] : [[proposal, chosen]];
  });
  const overlaps = boxes.map(([ours, theirs]) => intersectionOverUnion(ours, theirs));
  return {
    selectionAccuracy: share(picks.filter(Boolean).length, picks.length),
    cropWithin5Percent: share(
      boxes.filter(([ours, theirs]) => areBoxesNear(ours, theirs)).length,
      boxes.length,
    ),
    meanCropIou: toDistribution(overlaps)?.mean ?? null,
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/**
 * How much the versions differ in a group. 1 to 2 if they selected different images: higher
 * confidences give a higher value. Otherwise 1 - IoU of the crops. 1 if only one has a decision or
 * a box.
 */
export function measureDifference({ a, b }: GroupPair): number {
  if (a === null || b === null) return a === b ? 0 : 1;
  if (a.selectedIndex !== b.selectedIndex) return 1 + Math.min(a.confidence, b.confidence);
  if (a.crop === null || b.crop === null) return a.crop === b.crop ? 0 : 1;
  return 1 - intersectionOverUnion(a.crop, b.crop);
}
