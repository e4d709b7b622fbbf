import { baseNameKey, imageNameKey } from '@cullstream/domain';

/** A group with the names of its images. */
export interface NamedGroup {
  readonly groupId: string;
  /** For each image its path in the project's source if that is known, else the name in the row. */
  readonly paths: readonly string[];
}

/** A finished image with its path. */
export interface NamedFinal {
  /** Path below the folder or in the archive of the project's finished images, with `/`. */
  readonly path: string;
}

/** A finished image and the original that it is named after. */
export interface Kept<F extends NamedFinal> {
  readonly final: F;
  /** Position of the original in its group. */
  readonly position: number;
  /** False if images of other groups, or of none, have the same name. */
  readonly isCertain: boolean;
}

export interface MatchedFinals<F extends NamedFinal> {
  /** The images that were kept of each group, by position and then by path; only groups that have any. */
  readonly kept: ReadonlyMap<string, readonly Kept<F>[]>;
  /** Finished images that belong to no group. */
  readonly unmatched: readonly F[];
  /** Whether any finished image is named like an image of the project. */
  readonly isAnyNamed: boolean;
}

interface Named {
  readonly path: string;
  /** Undefined for an image in no group. */
  readonly place?: { readonly groupId: string; readonly position: number };
}

/**
 * Finds which images of a project were kept, by the names of the finished ones: the same file name, else the
 * same without the extension. If several images have that name, those whose folders agree are used.
 * @param ungrouped paths of images in no group, to which a finished image may belong as well
 */
export function matchFinals<F extends NamedFinal>(
  groups: readonly NamedGroup[],
  finals: readonly F[],
  ungrouped: readonly string[] = [],
): MatchedFinals<F> {
  const grouped = groups.flatMap(({ groupId, paths }) =>
    paths.map((path, position): Named => ({ path, place: { groupId, position } })),
  );
  const images = [...grouped, ...ungrouped.map((path): Named => ({ path }))];
  const byName = indexImages(images, baseNameKey);
  const byStem = indexImages(images, stemKey);
  const kept = new Map<string, Kept<F>[]>();
  const unmatched: F[] = [];
  let isAnyNamed = false;
  for (const final of finals) {
    const named = byName.get(baseNameKey(final.path)) ?? byStem.get(stemKey(final.path)) ?? [];
    isAnyNamed ||= named.length > 0;
    const likely = withSameFolders(named, final.path);
    const places = likely.flatMap(({ place }) => place ?? []);
    if (places.length === 0) unmatched.push(final);
    for (const { groupId, position } of places) {
      const ofGroup = kept.get(groupId) ?? [];
      kept.set(groupId, ofGroup);
      ofGroup.push({ final, position, isCertain: likely.length === 1 });
    }
  }
  for (const ofGroup of kept.values()) ofGroup.sort(inOrder);
  return { kept, unmatched, isAnyNamed };
}

function indexImages(images: readonly Named[], toKey: (path: string) => string) {
  const index = new Map<string, Named[]>();
  for (const image of images) {
    const key = toKey(image.path);
    const alike = index.get(key);
    if (alike === undefined) index.set(key, [image]);
    else alike.push(image);
  }
  return index;
}

function inOrder(a: Kept<NamedFinal>, b: Kept<NamedFinal>): number {
  return a.position - b.position || (a.final.path < b.final.path ? -1 : 1);
}

/** The name without folders and extension. */
function stemKey(path: string): string {
  return baseNameKey(path).replace(/\.[^.]+$/, '');
}

/** The images with the most last folders in common with the path. */
function withSameFolders(images: readonly Named[], path: string): readonly Named[] {
  if (images.length < 2) return images;
  const shared = images.map((image) => countSharedFolders(image.path, path));
  const most = Math.max(...shared);
  return images.filter((_, index) => shared[index] === most);
}

function countSharedFolders(a: string, b: string): number {
  const [foldersOfA, foldersOfB] = [a, b].map((path) =>
    imageNameKey(path).split('/').slice(0, -1).reverse(),
  );
  const first = foldersOfA?.findIndex((folder, index) => folder !== foldersOfB?.[index]) ?? -1;
  return first === -1 ? (foldersOfA?.length ?? 0) : first;
}
