import { baseNameKey } from '@cullstream/domain';
import type { Report } from './finding.js';

/** Checks for which one row is not enough: names in two groups, names that are not in the source. */
export interface ImageChecker {
  add(groupId: string, images: readonly string[]): void;
}

/**
 * @param sourceImages names of the images in the project's source, with or without folder.
 */
export function createImageChecker(
  report: Report,
  sourceImages: ReadonlySet<string> | undefined,
): ImageChecker {
  const groups = new Map<string, string>();
  const known =
    sourceImages === undefined ? undefined : new Set(Array.from(sourceImages, baseNameKey));
  return {
    add(groupId, images) {
      for (const image of images) {
        const other = groups.get(image);
        if (other === undefined) {
          groups.set(image, groupId);
        } else {
          const where = other === groupId ? 'twice in the group' : `in ${other} too`;
          const message = `${image} is ${where}`;
          report({ severity: 'warning', check: 'duplicate-image', groupId, message });
        }
        if (known !== undefined && !known.has(baseNameKey(image))) {
          const message = `${image} is not in the source`;
          report({ severity: 'warning', check: 'unknown-image', groupId, message });
        }
      }
    },
  };
}
