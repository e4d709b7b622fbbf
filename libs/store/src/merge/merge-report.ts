/** AI columns that a merge may fill. They have these names in every version. */
export const AI_COLUMNS = ['ai_selected_index', 'ai_crop_coords', 'ai_confidence'] as const;
export type AiColumn = (typeof AI_COLUMNS)[number];
/** Columns of the user that a merge may fill with what the finished images show. */
export const USER_COLUMNS = [
  'user_selected_index',
  'user_action',
  'final_crop_coords',
  'crop_timestamp',
] as const;
/** A column that a merge may fill. */
export type FilledColumn = AiColumn | (typeof USER_COLUMNS)[number];
export const MATCH_COLUMNS = ['selection_match', 'crop_match'] as const;
export type MatchColumn = (typeof MATCH_COLUMNS)[number];

/** Why a staged decision changes nothing. */
export type UnmergedReason =
  /** The row has no empty columns, or the same values. */
  | 'nothing-to-fill'
  /** The row selects another image, so our box and confidence would belong to the wrong image. */
  | 'different-pick'
  /** The image that we selected is not in the row's group. */
  | 'different-images'
  /** The group has no staged decision. */
  | 'no-prediction';

/** Everything that a merge changes, or would change. */
export interface MergeReport {
  /** Groups that get a row. */
  readonly added: readonly { readonly groupId: string; readonly images: readonly string[] }[];
  /** Rows whose empty columns are filled; `stagedGroupId` differs if the row was found by its images. */
  readonly filled: readonly {
    readonly groupId: string;
    readonly stagedGroupId: string;
    readonly columns: readonly FilledColumn[];
  }[];
  /** Rows whose comparison was missing although both sides are known. */
  readonly compared: readonly {
    readonly groupId: string;
    readonly column: MatchColumn;
    readonly match: boolean;
  }[];
  readonly left: readonly { readonly groupId: string; readonly reason: UnmergedReason }[];
  /** Changes that constraints or triggers of the database refuse. They are never forced. */
  readonly refused: readonly { readonly groupId: string; readonly message: string }[];
}

export function hasChanges(report: MergeReport): boolean {
  return report.added.length + report.filled.length + report.compared.length > 0;
}
