import type { GalleryVersion } from '@cullstream/contracts/web';

/** What tells a version from others; digests and preprocessing stand in its description. */
const DETAILS = / \([^()]*\)/g;

/** A version as it is chosen among others. */
export function toVersionName({ description, version, isCurrent }: GalleryVersion): string {
  const name = `${description.replaceAll(DETAILS, '')} · ${version.slice(0, 8)}`;
  return isCurrent ? `${name} (current)` : name;
}
