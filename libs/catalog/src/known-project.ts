import { isThere, openOriginals } from '@cullstream/imaging/archive';
import type { ProjectSource } from './find-projects.js';

/** A project that was processed with this data folder before. */
export interface KnownProject extends ProjectSource {
  /** Folder of the originals in which it was last, links resolved; null if that is not known. */
  readonly originals: string | null;
  /** Number of images that it had. */
  readonly images: number;
  /** Inventory file that named it; null if it is named after its source. */
  readonly inventory: string | null;
}

/** A name or path for comparison, since disks store the same letters in different normal forms. */
export function toKey(text: string): string {
  return text
    .normalize('NFC')
    .replace(/^(\.\/)+/, '')
    .replace(/\/+$/, '');
}

/** Whether the source is still where it was last. */
export async function isAtKnownPlace({ originals, source }: KnownProject): Promise<boolean> {
  return originals !== null && (await isThere(openOriginals(originals), source));
}

/**
 * Known projects of this folder of originals that were not found in it. The folder may have moved to
 * another path: if one of its known projects is there, all others are expected as well.
 * @param here the folder of originals, links resolved
 */
export async function findMissingProjects(
  known: readonly KnownProject[],
  found: readonly ProjectSource[],
  here: string,
): Promise<KnownProject[]> {
  const names = new Set(found.map(({ name }) => toKey(name)));
  const sources = new Set(found.map(({ source }) => toKey(source)));
  const cameAlong = new Set(
    known
      .filter(({ name, source }) => names.has(toKey(name)) && sources.has(toKey(source)))
      .map(({ originals }) => originals),
  );
  const missing: KnownProject[] = [];
  for (const project of known) {
    const { name, source, originals, images } = project;
    if (images === 0 || names.has(toKey(name)) || sources.has(toKey(source))) continue;
    const isOfHere = originals === null || originals === here;
    const isLost = isOfHere || (cameAlong.has(originals) && !(await isAtKnownPlace(project)));
    if (isLost) missing.push(project);
  }
  return missing;
}
