import type { CropBox } from '@cullstream/domain';
import { toQuantile } from '@cullstream/report';
import type { ConstantBoxes } from '../judged-group.js';

/** A crop that a person made. */
export interface PersonsCrop {
  readonly project: string;
  readonly box: CropBox;
  /** Width over height of the image, to 0.01; null if its size is not known. */
  readonly aspect: number | null;
}

export function toAspect(widthPx: number, heightPx: number): number | null {
  return widthPx > 0 && heightPx > 0 ? Math.round((widthPx / heightPx) * 100) / 100 : null;
}

/**
 * The median box of the crops of all other projects, coordinate by coordinate, and the same for images of
 * one aspect ratio.
 */
export function createConstantBoxes(
  crops: readonly PersonsCrop[],
): (project: string, aspect: number | null) => ConstantBoxes {
  const sorted = ([0, 1, 2, 3] as const).map((side) =>
    crops
      .map(({ project, box, aspect }) => ({ project, aspect, edge: box[side] }))
      .sort((a, b) => a.edge - b.edge),
  );
  const medians = new Map<string, CropBox | null>();
  const toMedianBox = (project: string, aspect: number | undefined): CropBox | null => {
    const key = `${aspect ?? ''} ${project}`;
    let box = medians.get(key);
    if (box === undefined) {
      const edges = sorted.map((crop) =>
        crop
          .filter(
            (each) => each.project !== project && (aspect === undefined || each.aspect === aspect),
          )
          .map(({ edge }) => edge),
      );
      box = toMedians(edges);
      medians.set(key, box);
    }
    return box;
  };
  return (project, aspect) => {
    const all = toMedianBox(project, undefined);
    const same = aspect === null ? null : toMedianBox(project, aspect);
    return { all, sameAspect: same ?? all, isFallback: same === null };
  };
}

/** @param edges of each side, sorted */
function toMedians([x1 = [], y1 = [], x2 = [], y2 = []]: readonly number[][]): CropBox | null {
  if (x1.length === 0) return null;
  const median = (sorted: readonly number[]) => toQuantile(sorted, 0.5);
  return [median(x1), median(y1), median(x2), median(y2)];
}
