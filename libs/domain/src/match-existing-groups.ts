import { baseNameKey, imageNameKey } from './image-name-key.js';

/** A group as a row of the user's database names it. */
export interface ExistingGroup {
  readonly groupId: string;
  readonly images: readonly string[];
}

export interface MatchedGroup<T> {
  readonly groupId: string;
  /** The row's list, unchanged. */
  readonly images: readonly string[];
  /** The images of the list that the source holds, each with its position in the list. */
  readonly members: readonly { readonly position: number; readonly image: T }[];
}

export interface ExistingMatch<T> {
  /** Rows of which the source holds at least one image. */
  readonly groups: readonly MatchedGroup<T>[];
  /** Images that no row names, in the given order. */
  readonly rest: readonly T[];
  /** Rows of which the source holds nothing. */
  readonly absentGroupIds: readonly string[];
  /** Number of names in rows that match no image, or only images that belong to another row. */
  readonly absentNames: number;
}

/**
 * Finds the images that existing rows name. A row's name may be an entry's whole name, the end of
 * its path, or its base name alone; the closest form wins, then the order of the images. Slashes of
 * either kind and accents in either form are the same. An image belongs to the first row that names it.
 */
export function matchExistingGroups<T extends { readonly name: string }>(
  rows: readonly ExistingGroup[],
  sorted: readonly T[],
): ExistingMatch<T> {
  const byBaseName = groupByBaseName(sorted);
  const taken = new Set<T>();
  const groups: MatchedGroup<T>[] = [];
  const absentGroupIds: string[] = [];
  let absentNames = 0;
  for (const row of rows) {
    const members = row.images.flatMap((name, position) => {
      const image = closest(name, byBaseName.get(baseNameKey(name)) ?? [], taken);
      if (image === undefined) return [];
      taken.add(image);
      return [{ position, image }];
    });
    absentNames += row.images.length - members.length;
    if (members.length === 0) absentGroupIds.push(row.groupId);
    else groups.push({ groupId: row.groupId, images: row.images, members });
  }
  return { groups, rest: sorted.filter((image) => !taken.has(image)), absentGroupIds, absentNames };
}

interface Candidate<T> {
  readonly image: T;
  readonly name: string;
  readonly key: string;
}

function closest<T extends { readonly name: string }>(
  name: string,
  candidates: readonly Candidate<T>[],
  taken: ReadonlySet<T>,
): T | undefined {
  const free = candidates.filter(({ image }) => !taken.has(image));
  const key = imageNameKey(name);
  const hasFolder = key.includes('/');
  const found =
    free.find((candidate) => candidate.name === name) ??
    free.find((candidate) => candidate.key === key) ??
    free.find((candidate) => candidate.key.endsWith(`/${key}`)) ??
    free.find((candidate) => hasFolder && key.endsWith(`/${candidate.key}`)) ??
    free[0];
  return found?.image;
}

function groupByBaseName<T extends { readonly name: string }>(
  images: readonly T[],
): Map<string, Candidate<T>[]> {
  const groups = new Map<string, Candidate<T>[]>();
  for (const image of images) {
    const { name } = image;
    const candidate = { image, name, key: imageNameKey(name) };
    const baseName = baseNameKey(name);
    const group = groups.get(baseName);
    if (group === undefined) groups.set(baseName, [candidate]);
    else group.push(candidate);
  }
  return groups;
}
