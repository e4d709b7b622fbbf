import type { EmbeddingRecipe, PredictionModel } from '@cullstream/contracts';
import type { CropBox } from '@cullstream/domain';
import type { Distribution } from './distribution.js';

/** How one version decided a group. */
export interface Decision {
  /** Position in the group's images, from 0. */
  readonly selectedIndex: number;
  readonly confidence: number;
  /** CropBox of the selected image; null where it is inverted. */
  readonly crop: CropBox | null;
}

/** A group as both versions saw it, and as the user decided it where the database has that. */
export interface GroupPair {
  readonly groupId: string;
  readonly images: readonly string[];
  /** Null where no image of the group could be read. */
  readonly a: Decision | null;
  readonly b: Decision | null;
  readonly user: UserChoice | null;
}

export interface UserChoice {
  readonly selectedIndex: number;
  readonly crop: CropBox | null;
  /** Boxes the versions proposed for the image that the user chose, selected by them or not. */
  readonly proposals: { readonly a: CropBox | null; readonly b: CropBox | null };
}

/** How well a version agrees with the user. Shares in [0, 1]; null where nothing can be compared. */
export interface Agreement {
  readonly selectionAccuracy: number | null;
  /** Share of crops with every side within 5 % of the user's. */
  readonly cropWithin5Percent: number | null;
  readonly meanCropIou: number | null;
}

/** What changes from version A to version B. */
export interface DiffMeasures {
  /** Groups that both versions have, over the same images. */
  readonly comparedGroups: number;
  /** Groups that only one version has, or over other images. */
  readonly otherGroups: number;
  /** Of the compared groups, those that only one version could decide. */
  readonly decidedByOne: number;
  readonly winnersChanged: number;
  /** Share of the groups that both decided. */
  readonly winnersChangedShare: number | null;
  /** B minus A. */
  readonly confidenceShift: Distribution | null;
  /** Of groups with the same winner and a box in both versions. */
  readonly cropIou: Distribution | null;
  /** Distance of the boxes' centres, as a share of the image's sides. */
  readonly cropCentreShift: Distribution | null;
  /** Groups with the same winner and a box in one version only. */
  readonly cropInOne: number;
  /** Groups for which the database has the user's choice, and crops of them. */
  readonly userGroups: number;
  readonly userCrops: number;
  readonly agreement: { readonly a: Agreement; readonly b: Agreement };
}

export interface ProjectDiff extends DiffMeasures {
  readonly project: string;
  readonly runs: { readonly a: string; readonly b: string };
}

/** A group on which the versions differ. */
export interface GroupDifference extends GroupPair {
  readonly project: string;
  /** 1 to 2 where the winner changed (1 + the lower confidence), else 1 - IoU of the crops. */
  readonly difference: number;
}

/** A version as it is compared. */
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
  /** Projects that one of the versions never completed. */
  readonly notCompared: readonly string[];
  /** Those that differ most, first. */
  readonly groups: readonly GroupDifference[];
}
