import type { EmbeddingRecipe, PredictionModel } from '@cullstream/contracts';
import type { CropBox } from '@cullstream/domain';
import type { Distribution } from './distribution.js';

/** The decision of a version for a group. */
export interface Decision {
  /** Position of the selected image in the group, from 0. */
  readonly selectedIndex: number;
  readonly confidence: number;
  /** Crop box of the selected image; null if the proposed box is inverted. */
  readonly crop: CropBox | null;
}

/** A group with the decisions of both versions, and that of the user if it is known. */
export interface GroupPair {
  readonly groupId: string;
  readonly images: readonly string[];
  /** Null if no image of the group could be read. */
  readonly a: Decision | null;
  readonly b: Decision | null;
  readonly user: UserChoice | null;
}

export interface UserChoice {
  readonly selectedIndex: number;
  readonly crop: CropBox | null;
  /**
   * Crop boxes that the versions proposed for the image that the user chose, whether they selected
   * it or not.
   */
  readonly proposals: { readonly a: CropBox | null; readonly b: CropBox | null };
}

/** How well a version agrees with the user. Shares in [0, 1]; null if nothing can be compared. */
export interface Agreement {
  readonly selectionAccuracy: number | null;
  /** Share of crops of which every side is within 5 % of the user's crop. */
  readonly cropWithin5Percent: number | null;
  readonly meanCropIou: number | null;
}

/** The differences between version A and version B. */
export interface DiffMeasures {
  /** Groups that both versions have, over the same images. */
  readonly comparedGroups: number;
  /** Groups that only one version has, or that have other images in the other version. */
  readonly otherGroups: number;
  /** Compared groups that only one version could decide. */
  readonly decidedByOne: number;
  readonly winnersChanged: number;
  /** Share of the groups that both versions decided. */
  readonly winnersChangedShare: number | null;
  /** Confidence of B minus confidence of A. */
  readonly confidenceShift: Distribution | null;
  /** Measured on groups in which both versions selected the same image and proposed a box. */
  readonly cropIou: Distribution | null;
  /** Distance between the centres of the boxes, as a share of the sides of the image. */
  readonly cropCentreShift: Distribution | null;
  /** Groups in which both versions selected the same image and only one proposed a box. */
  readonly cropInOne: number;
  /** Groups in which the user's choice is known, and those in which the user's crop is known. */
  readonly userGroups: number;
  readonly userCrops: number;
  readonly agreement: { readonly a: Agreement; readonly b: Agreement };
}

export interface ProjectDiff extends DiffMeasures {
  readonly project: string;
  readonly runs: { readonly a: string; readonly b: string };
}

/** A group in which the versions differ. */
export interface GroupDifference extends GroupPair {
  readonly project: string;
  /**
   * 1 to 2 if the versions selected different images (1 + the lower confidence), else 1 - IoU of
   * the crops.
   */
  readonly difference: number;
}

/** One of the two versions. */
export interface ComparedVersion {
  readonly version: string;
  readonly ranker: Readonly<PredictionModel>;
  readonly crop_proposer: ComparedVersion['ranker'];
  readonly embedder: Readonly<EmbeddingRecipe>;
}

export interface VersionDiff {
  readonly a: ComparedVersion;
  readonly b: ComparedVersion;
  readonly total: DiffMeasures;
  readonly projects: readonly ProjectDiff[];
  /** Projects that at least one of the versions has not completed. */
  readonly notCompared: readonly string[];
  /** Groups in which the versions differ most, sorted by the difference. */
  readonly groups: readonly GroupDifference[];
}
