import { baseNameOf } from './variant.js';

/** A group as a row of the user's database names it. */
export interface ExistingGroup {
  readonly groupId: string;
  readonly images: readonly string[];
}

export interface MatchedGroup<T> {
  readonly groupId: string;
  /** The row's list, as it stands there. */
  readonly images: readonly string[];
  /** What the source holds of it, each with its position in the row's list. */
  readonly members: readonly { readonly position: number; readonly image: T }[];
}

export interface ExistingMatch<T> {
  /** Rows of which the source holds at least one image. */
  readonly groups: readonly MatchedGroup<T>[];
  /** Images that no row names, in the given order. */
  readonly rest: readonly T[];
  /** Rows of which the source holds nothing. */
  readonly absentGroupIds: readonly string[];
  /** Names in rows that match no image (or only images that another row took). */
  readonly absentNames: number;
}

/**
 * Finds the images that existing rows name. A row's name may be an entry's whole name, the end of
 * its path, or its base name alone; the closest form wins, then the order of the images. An image
 * belongs to the first row that names it.
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
      const image = closest(name, byBaseName.get(baseNameOf(name)) ?? [], taken);
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

function closest<T extends { readonly name: string }>(
  name: string,
  candidates: readonly T[],
  taken: ReadonlySet<T>,
): T | undefined {
  const free = candidates.filter((candidate) => !taken.has(candidate));
  const hasFolder = name.includes('/');
  return (
    free.find((candidate) => candidate.name === name) ??
    free.find((candidate) => candidate.name.endsWith(`/${name}`)) ??
    free.find((candidate) => hasFolder && name.endsWith(`/${candidate.name}`)) ??
    free[0]
  );
}

function groupByBaseName<T extends { readonly name: string }>(
  images: readonly T[],
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const image of images) {
    const baseName = baseNameOf(image.name);
    const group = groups.get(baseName);
    if (group === undefined) groups.set(baseName, [image]);
    else group.push(image);
  }
  return groups;
}
