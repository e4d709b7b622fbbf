import type { GalleryVersion } from '@cullstream/contracts/web';

/** A version as it is chosen among others. */
export function toVersionName({ description, version, isCurrent }: GalleryVersion): string {
  const name = `${description} · ${version.slice(0, 8)}`;
  return isCurrent ? `${name} (current)` : name;
}
