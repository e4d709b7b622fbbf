import type { GalleryVersion } from '@cullstream/contracts/web';

/** Details of a description that do not belong in the short name of a version. */
const DETAILS = / \([^()]*\)/g;

/**
 * The name of a version in a list. Its id comes first, because the end of a long name can be cut
 * off.
 */
export function toVersionName({ description, version, isCurrent }: GalleryVersion): string {
  const id = version.slice(0, 8);
  return `${isCurrent ? `${id} (current)` : id} · ${description.replaceAll(DETAILS, '')}`;
}
