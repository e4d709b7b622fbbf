import { quantileOf, type Box } from '@cullstream/report';
import type { ConstantBoxes } from '../judged-group.js';

/** A crop that a person made. */
export interface PersonsCrop {
  readonly project: string;
  readonly box: Box;
  /** Width over height of the image, to 0.01; null where its size is not known. */
  readonly aspect: number | null;
}

export function toAspect(widthPx: number, heightPx: number): number | null {
  return widthPx > 0 && heightPx > 0 ? Math.round((widthPx / heightPx) * 100) / 100 : null;
}

/**
 * The median box of the crops of all other projects, coordinate by coordinate; and that of those whose
 * images have one aspect ratio.
 */
export function createConstantBoxes(
  crops: readonly PersonsCrop[],
): (project: string, aspect: number | null) => ConstantBoxes {
  const known = new Map<string, Box | null>();
  const medianOf = (project: string, aspect: number | undefined): Box | null => {
    const key = `${aspect ?? ''} ${project}`;
    let box = known.get(key);
    if (box === undefined) {
      const others = crops.filter(
        (crop) => crop.project !== project && (aspect === undefined || crop.aspect === aspect),
      );
      box = medianBox(others.map((crop) => crop.box));
      known.set(key, box);
    }
    return box;
  };
  return (project, aspect) => {
    const all = medianOf(project, undefined);
    const same = aspect === null ? null : medianOf(project, aspect);
    return { all, sameAspect: same ?? all, isFallback: same === null };
  };
}

function medianBox(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null;
  const median = (side: 0 | 1 | 2 | 3) =>
    quantileOf(Float64Array.from(boxes, (box) => box[side]).sort(), 0.5);
  return [median(0), median(1), median(2), median(3)];
}
