import type { GalleryVersion } from '@cullstream/contracts/web';

/** What tells a version from others; digests and preprocessing stand in its description. */
const DETAILS = / \([^()]*\)/g;

/** A version as it is chosen among others: first what differs, for what is long is cut off at its end. */
export function toVersionName({ description, version, isCurrent }: GalleryVersion): string {
  const id = version.slice(0, 8);
  return `${isCurrent ? `${id} (current)` : id} · ${description.replaceAll(DETAILS, '')}`;
}
