import type { CropBox } from './decide-group.js';

/** How far a side may be from another's, as a share of the image, to count as the same crop. */
export const CROP_TOLERANCE = 0.05;
/** Allows for rounding: 0.15 - 0.1 is slightly more than 0.05. */
export const ROUNDING = 1e-9;

/** Whether every side of a box is within a tolerance of the other's, in shares of the image's sides. */
export function areBoxesNear(a: CropBox, b: CropBox, tolerance = CROP_TOLERANCE): boolean {
  return a.every((side, index) => Math.abs(side - (b[index] ?? 0)) <= tolerance + ROUNDING);
}
