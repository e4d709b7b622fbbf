import type { CropBox } from './decide-group.js';

/**
 * Area that two boxes share over the area they cover together (Jaccard index), in [0, 1]. An inverted
 * box is empty; for two empty boxes the result is 0.
 */
export function intersectionOverUnion(a: CropBox, b: CropBox): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const shared = Math.max(0, width) * Math.max(0, height);
  const covered = toArea(a) + toArea(b) - shared;
  return covered > 0 ? shared / covered : 0;
}

/** Distance of the centres, as a share of the image's sides: 0.1 is a tenth of its width. */
export function centreDistance(a: CropBox, b: CropBox): number {
  return Math.hypot((a[0] + a[2] - b[0] - b[2]) / 2, (a[1] + a[3] - b[1] - b[3]) / 2);
}

function toArea([x1, y1, x2, y2]: CropBox): number {
  return Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
}
