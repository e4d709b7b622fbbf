import { baseNameKey } from '@cullstream/domain';
import type { CropBox } from '@cullstream/domain';
import type { Decision, GroupPair, UserChoice } from './version-diff.js';

/** The decision of one version for a group. */
export interface DecidedGroupOf {
  readonly groupId: string;
  readonly images: readonly string[];
  readonly decision: Decision | null;
}

/** The user's choice in a group, with the image names of the database row. */
export interface UserRow {
  readonly groupId: string;
  readonly images: readonly string[];
  readonly selectedIndex: number;
  readonly crop: CropBox | null;
}

/** Proposed crop boxes of every image, by group and position. */
export type Proposals = ReadonlyMap<string, ReadonlyMap<number, CropBox>>;

export interface VersionOutputs {
  readonly groups: ReadonlyMap<string, DecidedGroupOf>;
  readonly proposals: Proposals;
}

/**
 * Pairs the groups that both versions have with the same images, and adds the user's choice if it
 * is known.
 */
export function pairDecisions(
  a: VersionOutputs,
  b: VersionOutputs,
  users: ReadonlyMap<string, UserRow>,
): { pairs: GroupPair[]; otherGroups: number } {
  const pairs: GroupPair[] = [];
  for (const [groupId, inA] of a.groups) {
    const inB = b.groups.get(groupId);
    if (inB === undefined || !isSameList(inA.images, inB.images)) continue;
    const { images } = inA;
    const user = toChoice(users.get(groupId), images, (position) => ({
      a: a.proposals.get(groupId)?.get(position) ?? null,
      b: b.proposals.get(groupId)?.get(position) ?? null,
    }));
    pairs.push({ groupId, images, a: inA.decision, b: inB.decision, user });
  }
  return { pairs, otherGroups: a.groups.size + b.groups.size - 2 * pairs.length };
}

function toChoice(
  row: UserRow | undefined,
  images: readonly string[],
  proposalsAt: (position: number) => UserChoice['proposals'],
): UserChoice | null {
  if (row === undefined) return null;
  const selectedIndex = findChosen(row, images);
  if (selectedIndex === null) return null;
  return { selectedIndex, crop: row.crop, proposals: proposalsAt(selectedIndex) };
}

/**
 * Position in `images` of the image that a row selects. It is found by name if the lists of images
 * differ.
 */
export function findChosen(
  row: Pick<UserRow, 'images' | 'selectedIndex'>,
  images: readonly string[],
): number | null {
  const position = isSameList(row.images, images)
    ? row.selectedIndex
    : images.map(baseNameKey).indexOf(baseNameKey(row.images[row.selectedIndex] ?? ''));
  return position < 0 || position >= images.length ? null : position;
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
