import type { CropBox } from '@cullstream/domain';
import type { TruthAction, TruthSource } from '@cullstream/store';

/** A group of a version together with the person's choice: the unit that is measured. */
export interface JudgedGroup {
  readonly project: string;
  readonly groupId: string;
  readonly images: readonly string[];
  readonly truth: TruthSource;
  readonly action: TruthAction | null;
  /** The version's pick: position in `images`. */
  readonly picked: number;
  readonly confidence: number;
  /** The version's box of its pick; null if it is inverted. */
  readonly pickedCrop: CropBox | null;
  /** The person's choice: position in `images`. */
  readonly chosen: number;
  /** The person's box; null if it is not known. */
  readonly chosenCrop: CropBox | null;
  /** The version's box for the image that the person chose; null if that image could not be read. */
  readonly proposal: CropBox | null;
  readonly constantBoxes: ConstantBoxes;
}

/** Boxes of the simple rules, from crops of other projects; null if there are none. */
export interface ConstantBoxes {
  readonly all: CropBox | null;
  /** From images of the same aspect ratio, else as `all`. */
  readonly sameAspect: CropBox | null;
  /** Whether no other project has a crop of that aspect ratio, so that `all` is used. */
  readonly isFallback: boolean;
}
